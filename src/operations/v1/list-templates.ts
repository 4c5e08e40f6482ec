import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { listEmailTemplates, MAX_PAGE_SIZE } from "../templates/list-email-templates.ts";

/** ListTemplates: newest first. Unlike in v2, a page size that is out of range is taken as the default. */
export function listTemplates(services: { database: ScopedQueryable }): Handler<"ListTemplates"> {
  const list = listEmailTemplates(services);
  return async ({ MaxItems = 0, NextToken }, context) => {
    const PageSize = MaxItems < 1 || MaxItems > MAX_PAGE_SIZE ? undefined : MaxItems;
    const { TemplatesMetadata, NextToken: next } = await list({ PageSize, NextToken }, context);
    return {
      TemplatesMetadata: TemplatesMetadata?.map(({ TemplateName, CreatedTimestamp }) => ({
        Name: TemplateName,
        CreatedTimestamp,
      })),
      NextToken: next,
    };
  };
}
