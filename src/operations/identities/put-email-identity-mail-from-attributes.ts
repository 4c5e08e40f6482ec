import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { domainOf, normalizeDomain } from "../../identities/identity-name.ts";
import {
  deleteMailFromDomain,
  type MailFromDomain,
  putMailFromDomain,
} from "../../stores/postgres/mail-from-domains.ts";
import { changeSettings } from "../account/settings.ts";
import { findIdentity } from "./find-identity.ts";
import type { IdentityServices } from "./identity-services.ts";

type MailFromServices = Pick<IdentityServices, "database" | "settings" | "clock" | "verifier">;

/** PutEmailIdentityMailFromAttributes: sets the return-path domain; without one, the server's own is used again. */
export function putEmailIdentityMailFromAttributes(
  services: MailFromServices,
): Handler<"PutEmailIdentityMailFromAttributes"> {
  return async (input) => {
    await setMailFrom(services, input.EmailIdentity ?? "", {
      domain: input.MailFromDomain,
      behavior: input.BehaviorOnMxFailure,
    });
    return {};
  };
}

/**
 * Sets the MAIL FROM domain of an identity; without one, deletes it. Throws a bad request if there is no such identity or
 * the domain is not below the identity's.
 */
export async function setMailFrom(
  services: MailFromServices,
  given: string,
  mailFrom: { domain: string | undefined; behavior: MailFromDomain["behavior"] | undefined },
): Promise<void> {
  const { database, settings, clock, verifier } = services;
  const identity = await findIdentity(database, given);
  if (!identity) throw errors.mailFromIdentity(given);
  const { name } = identity;
  if (!mailFrom.domain) {
    await changeSettings(settings, "identities", () => deleteMailFromDomain(database, name));
    return;
  }
  const domain = normalizeDomain(mailFrom.domain);
  if (!domain) throw errors.mailFromInvalid(mailFrom.domain);
  if (!domain.endsWith(`.${domainOf(name)}`)) throw errors.mailFromNoSubdomain(domain, name);
  const behavior = mailFrom.behavior ?? "USE_DEFAULT_VALUE";
  await changeSettings(settings, "identities", () => putMailFromDomain(database, name, { domain, behavior }, clock()));
  verifier?.wake();
}
