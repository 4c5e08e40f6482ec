import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateTemplate } from "../../stores/postgres/templates.ts";
import { changeTemplates, type TemplateServices } from "./template-cache.ts";
import { checkTemplateContent, MAX_STORED_BYTES } from "./template-content.ts";
import { checkTemplateName } from "./template-name.ts";

/** UpdateEmailTemplate: replaces the whole content; tags and the creation time stay. */
export function updateEmailTemplate({ database, templates }: TemplateServices): Handler<"UpdateEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const { parts } = checkTemplateContent(input.TemplateContent, MAX_STORED_BYTES);
    const updated = await changeTemplates(templates, () => updateTemplate(database, name, parts));
    if (!updated) throw errors.templateNotFound(name);
    return {};
  };
}
