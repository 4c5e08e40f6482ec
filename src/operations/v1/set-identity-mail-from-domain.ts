import type { Handler } from "../../contract/v1/types.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { setMailFrom } from "../identities/put-email-identity-mail-from-attributes.ts";

/** SetIdentityMailFromDomain: an empty or omitted domain means the server's own again. */
export function setIdentityMailFromDomain(
  services: Pick<IdentityServices, "database" | "settings" | "clock" | "verifier">,
): Handler<"SetIdentityMailFromDomain"> {
  return async (input) => {
    const { Identity: identity = "", MailFromDomain: domain, BehaviorOnMXFailure: behavior } = input;
    const rejects = behavior === "RejectMessage";
    await setMailFrom(services, identity, { domain, behavior: rejects ? "REJECT_MESSAGE" : "USE_DEFAULT_VALUE" });
    return {};
  };
}
