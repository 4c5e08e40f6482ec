import { errors } from "../../contract/errors.ts";
import { updateCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import { checkTemplateName } from "../templates/template-name.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { checkTemplateParts, type GivenParts } from "./template-parts.ts";

/**
 * UpdateCustomVerificationEmailTemplate, of both APIs: replaces the parts that are given. In v2 all are, as its model
 * requires them. Tags stay.
 */
export function updateCustomVerificationEmailTemplate(
  services: CustomVerificationServices,
): (input: GivenParts & { TemplateName?: string | undefined }) => Promise<Record<string, never>> {
  return async (input) => {
    const name = checkTemplateName(input.TemplateName);
    const parts = await checkTemplateParts(services, input);
    if (!(await updateCustomVerificationTemplate(services.identities.database, name, parts))) {
      throw errors.verificationTemplateNotFound(name);
    }
    return {};
  };
}
