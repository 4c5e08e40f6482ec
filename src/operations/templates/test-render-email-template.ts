import type { Handler } from "../../contract/types.ts";
import { previewMessage } from "../../mail/template/preview.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { fillTemplate } from "./fill-template.ts";
import { findStoredTemplate } from "./stored-template.ts";

/** TestRenderEmailTemplate: the message as it would be written, without envelope data. */
export function testRenderEmailTemplate({
  database,
}: {
  database: ScopedQueryable;
}): Handler<"TestRenderEmailTemplate"> {
  return async (input, { now }) => {
    const template = await findStoredTemplate(database, input.TemplateName);
    return { RenderedTemplate: previewMessage(fillTemplate(template, input.TemplateData), now) };
  };
}
