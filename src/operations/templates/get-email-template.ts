import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectTemplate } from "../../stores/postgres/templates.ts";
import { checkTemplateName } from "./template-name.ts";

/** GetEmailTemplate: returns parts and tags as they were given. */
export function getEmailTemplate({ database }: { database: ScopedQueryable }): Handler<"GetEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const template = await selectTemplate(database, name);
    if (!template) throw errors.templateNotFound(name);
    const { subject, text, html, tags } = template;
    return {
      TemplateName: name,
      TemplateContent: { Subject: subject ?? undefined, Text: text ?? undefined, Html: html ?? undefined },
      Tags: tags,
    };
  };
}
