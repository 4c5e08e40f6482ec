import type { Handler } from "../../contract/v1/types.ts";
import { recordStatus } from "../../identities/status.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { askedIdentities } from "./asked-identities.ts";
import { v1Statuses } from "./v1-statuses.ts";

/** GetIdentityMailFromDomainAttributes. An identity without a MAIL FROM domain has the default behavior only. */
export function getIdentityMailFromDomainAttributes(
  services: Pick<IdentityServices, "database" | "proving">,
): Handler<"GetIdentityMailFromDomainAttributes"> {
  return async (input) => {
    const asked = await askedIdentities(services.database, input.Identities);
    const attributes = asked.map(({ given, identity: { mailFrom } }) => [
      given,
      {
        MailFromDomain: mailFrom?.domain,
        MailFromDomainStatus: mailFrom && v1Statuses[recordStatus(mailFrom, services.proving)],
        BehaviorOnMXFailure: mailFrom?.behavior === "REJECT_MESSAGE" ? "RejectMessage" : "UseDefaultValue",
      },
    ]);
    return { MailFromDomainAttributes: Object.fromEntries(attributes) };
  };
}
