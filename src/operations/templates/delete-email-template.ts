import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteTemplate } from "../../stores/postgres/templates.ts";
import { changeTemplates, type TemplateServices } from "./template-cache.ts";
import { checkTemplateName } from "./template-name.ts";

export function deleteEmailTemplate({ database, templates }: TemplateServices): Handler<"DeleteEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const deleted = await changeTemplates(templates, () => deleteTemplate(database, name));
    if (!deleted) throw errors.templateNotFound(name);
    return {};
  };
}
