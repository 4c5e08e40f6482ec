import { errors } from "../../contract/errors.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { type EmailTemplate, selectTemplate } from "../../stores/postgres/templates.ts";
import { checkTemplateName } from "./template-name.ts";

/** The template with this name. Throws not-found if there is none, and a bad request for an invalid name. */
export async function findStoredTemplate(database: ScopedQueryable, given: string | undefined): Promise<EmailTemplate> {
  const name = checkTemplateName(given);
  const template = await selectTemplate(database, name);
  if (!template) throw errors.templateNotFound(name);
  return template;
}
