import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { getEmailTemplate } from "../templates/get-email-template.ts";

/** GetTemplate: returns the parts as they were given. */
export function getTemplate(services: { database: ScopedQueryable }): Handler<"GetTemplate"> {
  const get = getEmailTemplate(services);
  return async (input, context) => {
    const { TemplateName, TemplateContent } = await get(input, context);
    const { Subject, Text, Html } = TemplateContent ?? {};
    return { Template: { TemplateName, SubjectPart: Subject, TextPart: Text, HtmlPart: Html } };
  };
}
