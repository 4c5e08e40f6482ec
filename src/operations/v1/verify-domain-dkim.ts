import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { wantedEasyKey } from "../../identities/dkim-key-store.ts";
import { parseDomain } from "../../identities/identity-name.ts";
import { selectIdentity } from "../../stores/postgres/identities.ts";
import { addIdentity } from "../identities/add-identity.ts";
import type { IdentityServices } from "../identities/identity-services.ts";
import { signWith } from "../identities/put-email-identity-dkim-signing-attributes.ts";
import { newIdentity } from "./new-identity.ts";

/**
 * VerifyDomainDkim: Easy DKIM for a domain, which is added if it does not exist. A key that it has already stays, and its
 * record is looked up again.
 */
export function verifyDomainDkim(services: IdentityServices): Handler<"VerifyDomainDkim"> {
  const { database, clock } = services;
  return async (input) => {
    const name = parseDomain(input.Domain ?? "");
    const dkim = { ...wantedEasyKey(2048), pair: undefined };
    if (await addIdentity(services, newIdentity(name, "DOMAIN", clock(), dkim))) return { DkimTokens: [dkim.selector] };
    const identity = await selectIdentity(database, name);
    // It was deleted meanwhile.
    if (!identity) throw errors.identityNotFound(name);
    const { Tokens } = await signWith(services, identity, { origin: "AWS_SES", bits: undefined });
    return { DkimTokens: Tokens };
  };
}
