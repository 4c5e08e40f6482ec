import type { Handler } from "../../contract/v1/types.ts";
import { createCustomVerificationEmailTemplate as createInV2 } from "../custom-verification/create-custom-verification-email-template.ts";
import type { CustomVerificationServices } from "../custom-verification/custom-verification-services.ts";

/** CreateCustomVerificationEmailTemplate: a template without tags. */
export function createCustomVerificationEmailTemplate(
  services: CustomVerificationServices,
): Handler<"CreateCustomVerificationEmailTemplate"> {
  const create = createInV2(services);
  return async (input, context) => {
    await create(input, context);
    return {};
  };
}
