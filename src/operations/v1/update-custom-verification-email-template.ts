import type { Handler } from "../../contract/v1/types.ts";
import type { CustomVerificationServices } from "../custom-verification/custom-verification-services.ts";
import { changeTemplate } from "../custom-verification/update-custom-verification-email-template.ts";

/** UpdateCustomVerificationEmailTemplate. Unlike in v2, what is left out stays as it is. */
export function updateCustomVerificationEmailTemplate(
  services: CustomVerificationServices,
): Handler<"UpdateCustomVerificationEmailTemplate"> {
  return async (input) => {
    await changeTemplate(services, input);
    return {};
  };
}
