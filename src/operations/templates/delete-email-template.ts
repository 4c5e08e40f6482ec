import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteTemplate } from "../../stores/postgres/templates.ts";
import { deleteUnassociated } from "../tenants/delete-unassociated.ts";
import { changeTemplates, type TemplateServices } from "./template-cache.ts";
import { checkTemplateName } from "./template-name.ts";

/** DeleteEmailTemplate. A template that tenants are associated with is kept. */
export function deleteEmailTemplate(services: DeletionServices): Handler<"DeleteEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    if (!(await removeTemplate(services, name))) throw errors.templateNotFound(name);
    return {};
  };
}

type DeletionServices = TemplateServices & { database: ScopedDatabase };

/** Deletes a template; false if it doesn't exist. Throws a bad request if tenants are associated with it. */
export async function removeTemplate({ database, templates }: DeletionServices, name: string): Promise<boolean> {
  return changeTemplates(templates, () =>
    deleteUnassociated(database, { type: "template", name }, (transaction) => deleteTemplate(transaction, name)),
  );
}
