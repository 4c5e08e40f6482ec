import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { previewMessage } from "../../mail/template/preview.ts";
import { renderTemplate } from "../../mail/template/render-template.ts";
import { parseTemplateData } from "../../mail/template/template-data.ts";
import { TemplateError } from "../../mail/template/template-error.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { selectTemplate } from "../../stores/postgres/templates.ts";
import { readTemplate } from "./template-content.ts";
import { checkTemplateName } from "./template-name.ts";

/** TestRenderEmailTemplate: the message as it would be written, without anything of an envelope. */
export function testRenderEmailTemplate({ database }: { database: Queryable }): Handler<"TestRenderEmailTemplate"> {
  return async (input, { now }) => {
    const name = checkTemplateName(input.TemplateName);
    const template = await selectTemplate(database, name);
    if (!template) throw errors.templateNotFound(name);
    try {
      const data = parseTemplateData(input.TemplateData);
      const { subject, text, html } = readTemplate(template);
      const filled = {
        subject: subject && renderTemplate(subject, data),
        text: text && renderTemplate(text, data),
        html: html && renderTemplate(html, data),
      };
      return { RenderedTemplate: previewMessage(filled, now) };
    } catch (error) {
      if (error instanceof TemplateError) throw errors.templateRefused(error.message);
      throw error;
    }
  };
}
