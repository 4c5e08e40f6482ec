import { randomBytes } from "node:crypto";
import type { Handler } from "../../contract/v1/types.ts";
import { parseDomain } from "../../identities/identity-name.ts";
import { askForDomainToken } from "../../stores/postgres/domain-tokens.ts";
import { changeSettings } from "../account/settings.ts";
import { addIdentity } from "../identities/add-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { newIdentity } from "./new-identity.ts";

/** As long as SES's: 44 characters of base64. */
const tokenBytes = 32;

/**
 * VerifyDomainIdentity: adds a domain without a DKIM key, and returns the value of the TXT record that verifies it. For a
 * domain that exists, the record is looked up again; its token stays.
 */
export function verifyDomainIdentity(services: IdentityServices): Handler<"VerifyDomainIdentity"> {
  const { database, settings, clock, verifier } = services;
  return async (input) => {
    const name = parseDomain(input.Domain ?? "");
    const now = clock();
    await addIdentity(services, newIdentity(name, "DOMAIN", now));
    const token = randomBytes(tokenBytes).toString("base64");
    const kept = await changeSettings(settings, "identities", () => askForDomainToken(database, name, token, now));
    verifier?.wake();
    // Another call may have deleted the domain meanwhile. Both calls succeeded in order: it was added, then deleted.
    return { VerificationToken: kept ?? token };
  };
}
