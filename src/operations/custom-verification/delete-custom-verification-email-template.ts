import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { checkTemplateName } from "../templates/template-name.ts";

/** DeleteCustomVerificationEmailTemplate. Links that were already sent keep working. */
export function deleteCustomVerificationEmailTemplate(services: {
  database: ScopedQueryable;
}): Handler<"DeleteCustomVerificationEmailTemplate"> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    if (!(await deleteCustomVerificationTemplate(services.database, name))) {
      throw errors.verificationTemplateNotFound(name);
    }
    return {};
  };
}
