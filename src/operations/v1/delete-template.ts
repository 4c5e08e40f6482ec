import type { Handler } from "../../contract/v1/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { removeTemplate } from "../templates/delete-email-template.ts";
import type { TemplateServices } from "../templates/template-cache.ts";
import { checkTemplateName } from "../templates/template-name.ts";

/** DeleteTemplate. Unlike in v2, deleting a template that doesn't exist succeeds. */
export function deleteTemplate(services: TemplateServices & { database: ScopedDatabase }): Handler<"DeleteTemplate"> {
  return async (input) => {
    await removeTemplate(services, checkTemplateName(input.TemplateName));
    return {};
  };
}
