import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { domainOf, normalizeDomain } from "../../identities/identity-name.ts";
import { deleteMailFromDomain, putMailFromDomain } from "../../stores/postgres/mail-from-domains.ts";
import { changeSettings } from "../account/settings.ts";
import { findIdentity } from "./find-identity.ts";
import type { IdentityServices } from "./identity-services.ts";

/** PutEmailIdentityMailFromAttributes: sets the return-path domain; without one, the server's own is used again. */
export function putEmailIdentityMailFromAttributes(
  services: Pick<IdentityServices, "database" | "settings" | "clock" | "verifier">,
): Handler<"PutEmailIdentityMailFromAttributes"> {
  const { database, settings, clock, verifier } = services;
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const identity = await findIdentity(database, given);
    if (!identity) throw errors.mailFromIdentity(given);
    const { name } = identity;
    if (!input.MailFromDomain) {
      await changeSettings(settings, "identities", () => deleteMailFromDomain(database, name));
      return {};
    }
    const domain = normalizeDomain(input.MailFromDomain);
    if (!domain) throw errors.mailFromInvalid(input.MailFromDomain);
    if (!domain.endsWith(`.${domainOf(name)}`)) throw errors.mailFromNoSubdomain(domain, name);
    const behavior = input.BehaviorOnMxFailure ?? "USE_DEFAULT_VALUE";
    await changeSettings(settings, "identities", () =>
      putMailFromDomain(database, name, { domain, behavior }, clock()),
    );
    verifier?.wake();
    return {};
  };
}
