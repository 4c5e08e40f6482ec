import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { previewMessage } from "../../mail/template/preview.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectTemplate } from "../../stores/postgres/templates.ts";
import { fillTemplate } from "./fill-template.ts";
import { checkTemplateName } from "./template-name.ts";

/** TestRenderEmailTemplate: the message as it would be written, without envelope data. */
export function testRenderEmailTemplate({
  database,
}: {
  database: ScopedQueryable;
}): Handler<"TestRenderEmailTemplate"> {
  return async (input, { now }) => {
    const name = checkTemplateName(input.TemplateName);
    const template = await selectTemplate(database, name);
    if (!template) throw errors.templateNotFound(name);
    return { RenderedTemplate: previewMessage(fillTemplate(template, input.TemplateData), now) };
  };
}
