import { errors } from "../../contract/errors.ts";
import { makeDkimKey } from "../../identities/dkim-key-store.ts";
import { insertIdentity, type NewIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityServices } from "./identity-services.ts";

/** SES's quota for an account. */
const MAX_IDENTITIES = 10_000;

/**
 * Adds an identity, with its DKIM key if it is to have one. The lookup of its record, or the mail to an address, follows
 * soon after. Throws a LimitExceededException if the account has the maximum number of identities.
 * @returns false if there is one with this name, which stays as it is
 */
export async function addIdentity(services: IdentityServices, identity: NewIdentity): Promise<boolean> {
  const { database, settings, verifier } = services;
  const { name, dkim } = identity;
  const outcome = await changeSettings(settings, "identities", () =>
    insertIdentity(database, identity, MAX_IDENTITIES),
  );
  if (outcome === "exists") return false;
  if (outcome === "full") throw errors.identityLimit(MAX_IDENTITIES);
  if (dkim) await makeDkimKey(services, name, { ...dkim, publicKey: dkim.pair?.publicKey ?? null });
  verifier?.wake();
  return true;
}
