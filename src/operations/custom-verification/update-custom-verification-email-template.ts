import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import { checkTemplateName } from "../templates/template-name.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";
import { checkTemplateParts, type GivenParts } from "./template-parts.ts";

/** UpdateCustomVerificationEmailTemplate: replaces all parts; tags stay. */
export function updateCustomVerificationEmailTemplate(
  services: CustomVerificationServices,
): Handler<"UpdateCustomVerificationEmailTemplate"> {
  return async (input) => {
    await changeTemplate(services, input);
    return {};
  };
}

/** Replaces the parts that are given. Rejects with not-found if there is no template with the name. */
export async function changeTemplate(
  services: CustomVerificationServices,
  input: GivenParts & { TemplateName: string | undefined },
): Promise<void> {
  const name = checkTemplateName(input.TemplateName);
  const parts = await checkTemplateParts(services, input);
  const updated = await updateCustomVerificationTemplate(services.identities.database, name, parts);
  if (!updated) throw errors.verificationTemplateNotFound(name);
}
