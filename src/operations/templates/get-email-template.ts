import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { findStoredTemplate } from "./stored-template.ts";

/** GetEmailTemplate: returns parts and tags as they were given. */
export function getEmailTemplate({ database }: { database: ScopedQueryable }): Handler<"GetEmailTemplate"> {
  return async (input) => {
    const { name, subject, text, html, tags } = await findStoredTemplate(database, input.TemplateName);
    return {
      TemplateName: name,
      TemplateContent: { Subject: subject ?? undefined, Text: text ?? undefined, Html: html ?? undefined },
      Tags: tags,
    };
  };
}
