import type { Handler } from "../../contract/v1/types.ts";
import { deleteCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkTemplateName } from "../templates/template-name.ts";

/** DeleteCustomVerificationEmailTemplate. Unlike in v2, deleting a template that doesn't exist succeeds. */
export function deleteCustomVerificationEmailTemplate(services: {
  database: ScopedQueryable;
}): Handler<"DeleteCustomVerificationEmailTemplate"> {
  return async (input) => {
    await deleteCustomVerificationTemplate(services.database, checkTemplateName(input.TemplateName));
    return {};
  };
}
