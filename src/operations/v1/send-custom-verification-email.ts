import type { Handler } from "../../contract/v1/types.ts";
import type { CustomVerificationServices } from "../custom-verification/custom-verification-services.ts";
import { sendCustomVerificationEmail as sendInV2 } from "../custom-verification/send-custom-verification-email.ts";

/** SendCustomVerificationEmail. There is no sandbox, so it is never refused with ProductionAccessNotGranted. */
export function sendCustomVerificationEmail(
  services: CustomVerificationServices,
): Handler<"SendCustomVerificationEmail"> {
  const send = sendInV2(services);
  return async (input, context) => send(input, context);
}
