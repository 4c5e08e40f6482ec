import type { DkimAttributes } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { givenKey, makeDkimKey, wantedEasyKey } from "../../identities/dkim-key-store.ts";
import { maySend } from "../../identities/status.ts";
import { publicKeyText } from "../../mail/dkim/keys.ts";
import {
  askForDkimProof,
  type DkimKeyPair,
  type DkimKeyRow,
  deleteNextDkimKey,
  putDkimKey,
  type WantedDkimKey,
} from "../../stores/postgres/dkim-keys.ts";
import type { EmailIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import { dkimAttributes } from "./dkim-attributes.ts";
import { readWantedDkim, type WantedDkim } from "./dkim-input.ts";
import { findIdentity } from "./find-identity.ts";
import type { IdentityServices } from "./identity-services.ts";

/** PutEmailIdentityDkimSigningAttributes: Easy DKIM with a key of the requested length, or a key of the caller's. */
export function putEmailIdentityDkimSigningAttributes(
  services: IdentityServices,
): Handler<"PutEmailIdentityDkimSigningAttributes"> {
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    if (given.includes("@")) throw errors.dkimSigningNeedsDomain();
    const identity = await findIdentity(services.database, given);
    if (!identity) throw errors.identityNotFound(given);
    const wanted = readWantedDkim(input.SigningAttributesOrigin, input.SigningAttributes);
    const { Status, Tokens } = await signWith(services, identity, wanted);
    return { DkimStatus: Status, DkimTokens: Tokens };
  };
}

/**
 * Gives a domain the key that is wanted. Throws a NotFoundException if it is deleted meanwhile.
 * - A key that already matches the request stays; its record is looked up at once, even if given up before.
 * - A key whose record was found keeps signing until the record of the new key is found.
 * - A key whose record was not found is replaced at once, and so is any key if no records are looked up.
 * @returns the domain's DKIM attributes
 */
export async function signWith(
  services: IdentityServices,
  identity: EmailIdentity,
  wanted: WantedDkim,
): Promise<DkimAttributes> {
  const { database, settings, proving, verifier } = services;
  await changeSettings(settings, "identities", () => apply(services, identity, wanted));
  verifier?.wake();
  const changed = await findIdentity(database, identity.name);
  if (!changed) throw errors.identityNotFound(identity.name);
  return dkimAttributes(changed, undefined, proving);
}

async function apply(services: IdentityServices, identity: EmailIdentity, wanted: WantedDkim): Promise<void> {
  const { database, proving, clock } = services;
  const { name, dkim: current, nextDkim: next } = identity;
  const now = clock();
  const newest = next?.origin === wanted.origin ? next : current;
  const kept = [current, next].find((key) => key && isAsWanted(key, wanted, newest));
  if (kept) {
    if (kept === current && next) await deleteNextDkimKey(database, name);
    await askForDkimProof(database, name, kept.selector, now);
    return;
  }
  const key: WantedDkimKey & { pair?: DkimKeyPair } =
    wanted.origin === "EXTERNAL"
      ? givenKey(services, name, wanted.selector, wanted.key)
      : wantedEasyKey(wanted.bits ?? 2048);
  // One selector can't publish two keys.
  const apart = current?.selector.toLowerCase() !== key.selector.toLowerCase();
  const signsOn = current && proving === "asked" && maySend(current.status) && apart;
  if (!signsOn && next) await deleteNextDkimKey(database, name);
  await putDkimKey(database, { identity: name, role: signsOn ? "next" : "current", key, pair: key.pair, now });
  await makeDkimKey(services, name, { ...key, publicKey: key.pair?.publicKey ?? null });
}

/** Whether a key matches the request. Without a length, Easy DKIM accepts its newest key. */
function isAsWanted(key: DkimKeyRow, wanted: WantedDkim, newest: DkimKeyRow | undefined): boolean {
  if (key.origin !== wanted.origin) return false;
  if (wanted.origin === "AWS_SES") return wanted.bits === undefined ? key === newest : key.bits === wanted.bits;
  return key.selector === wanted.selector && key.publicKey === publicKeyText(wanted.key);
}
