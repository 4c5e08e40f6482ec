import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { setFeedbackForwarding } from "../identities/put-email-identity-feedback-attributes.ts";

/** SetIdentityFeedbackForwardingEnabled: whether bounces and complaints are forwarded by mail. */
export function setIdentityFeedbackForwardingEnabled(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"SetIdentityFeedbackForwardingEnabled"> {
  return async (input) => {
    await setFeedbackForwarding(services, input.Identity ?? "", input.ForwardingEnabled ?? false);
    return {};
  };
}
