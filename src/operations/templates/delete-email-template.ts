import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteTemplate } from "../../stores/postgres/templates.ts";
import { deleteUnassociated } from "../tenants/delete-unassociated.ts";
import { changeTemplates, type TemplateServices } from "./template-cache.ts";
import { checkTemplateName } from "./template-name.ts";

/** DeleteEmailTemplate. A template that tenants are associated with is kept. */
export function deleteEmailTemplate({
  database,
  templates,
}: TemplateServices & { database: ScopedDatabase }): Handler<"DeleteEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const deleted = await changeTemplates(templates, () =>
      deleteUnassociated(database, { type: "template", name }, (transaction) => deleteTemplate(transaction, name)),
    );
    if (!deleted) throw errors.templateNotFound(name);
    return {};
  };
}
