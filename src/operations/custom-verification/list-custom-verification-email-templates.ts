import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectCustomVerificationTemplates } from "../../stores/postgres/custom-verification-templates.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { decodeToken, kindInScope } from "../page-token.ts";
import { readPage } from "../read-page.ts";

/** The default and the maximum, as in SES. */
const MAX_PAGE_SIZE = 50;

/** ListCustomVerificationEmailTemplates, by name. The last name of a page is its token. */
export function listCustomVerificationEmailTemplates({
  database,
}: {
  database: ScopedQueryable;
}): Handler<"ListCustomVerificationEmailTemplates"> {
  const kind = kindInScope("custom-verification-templates", database.scope);
  return async ({ PageSize: size = MAX_PAGE_SIZE, NextToken: token }) => {
    if (size < 1 || size > MAX_PAGE_SIZE) throw errors.verificationTemplatePageSize(MAX_PAGE_SIZE);
    // An empty token requests the first page, as in other lists of templates.
    const after = token ? decodeToken(kind, token) : "";
    if (after === undefined) throw errors.verificationTemplateToken(token ?? "");
    const { page, NextToken } = await readPage(
      kind,
      size,
      (limit) => selectCustomVerificationTemplates(database, { after, limit }),
      ({ name }) => name,
    );
    return {
      CustomVerificationEmailTemplates: page.map(({ name, fromAddress, subject, successUrl, failureUrl }) => ({
        TemplateName: name,
        FromEmailAddress: fromAddress,
        TemplateSubject: subject,
        SuccessRedirectionURL: successUrl,
        FailureRedirectionURL: failureUrl,
      })),
      NextToken,
    };
  };
}
