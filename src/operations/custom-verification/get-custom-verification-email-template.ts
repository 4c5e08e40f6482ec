import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { selectCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkTemplateName } from "../templates/template-name.ts";

/** GetCustomVerificationEmailTemplate: returns the parts and the tags as they were given. */
export function getCustomVerificationEmailTemplate(services: {
  database: ScopedQueryable;
}): Handler<"GetCustomVerificationEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const template = await selectCustomVerificationTemplate(services.database, name);
    if (!template) throw errors.verificationTemplateNotFound(name);
    return {
      TemplateName: name,
      FromEmailAddress: template.fromAddress,
      TemplateSubject: template.subject,
      TemplateContent: template.content,
      Tags: template.tags,
      SuccessRedirectionURL: template.successUrl,
      FailureRedirectionURL: template.failureUrl,
    };
  };
}
