import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectTemplates } from "../../stores/postgres/templates.ts";
import { decodeToken, encodeToken, kindInScope } from "../page-token.ts";

const DEFAULT_PAGE_SIZE = 10;
export const MAX_PAGE_SIZE = 100;

/** ListEmailTemplates: newest first. Templates created or deleted between pages neither repeat nor hide others. */
export function listEmailTemplates({ database }: { database: ScopedQueryable }): Handler<"ListEmailTemplates"> {
  const kind = kindInScope("email-templates", database.scope);
  return async (input) => {
    const size = input.PageSize ?? DEFAULT_PAGE_SIZE;
    if (size < 1 || size > MAX_PAGE_SIZE) throw errors.templatePageSize();
    // An empty token requests the first page (observed in SES).
    const before = input.NextToken ? positionOf(kind, input.NextToken) : undefined;
    // One extra row shows whether there is a next page.
    const found = await selectTemplates(database, { before, limit: size + 1 });
    const page = found.slice(0, size);
    const last = page.at(-1);
    return {
      TemplatesMetadata: page.map(({ name, createdAt }) => ({ TemplateName: name, CreatedTimestamp: createdAt })),
      NextToken: found.length > size && last ? encodeToken(kind, String(last.position)) : undefined,
    };
  };
}

function positionOf(kind: string, token: string): number {
  const position = decodeToken(kind, token);
  if (position === undefined || !/^\d{1,15}$/.test(position)) throw errors.templateToken(token);
  return Number(position);
}
