/** The DKIM keys of identities: made here, sealed, and opened to sign with. */
import type { KeyObject } from "node:crypto";
import { randomUUID } from "node:crypto";
import type { Sealer } from "../access/sealing/sealer.ts";
import {
  type DkimKeyBits,
  dkimKeyBytes,
  dkimKeyFromBytes,
  generateDkimKey,
  keyBits,
  publicKeyText,
} from "../mail/dkim/keys.ts";
import type { Database, Queryable } from "../stores/postgres/database.ts";
import {
  type DkimKeyPair,
  type DkimKeyRow,
  fillDkimKey,
  selectSealedDkimKey,
  type WantedDkimKey,
} from "../stores/postgres/dkim-keys.ts";

/** What the keys are kept with. */
export interface DkimKeyServices {
  database: Database;
  sealer: Sealer;
  clock: () => Date;
}

/** An Easy DKIM key still to be made. Its selector looks like a token of SES's. */
export function wantedEasyKey(bits: DkimKeyBits): WantedDkimKey {
  return { origin: "AWS_SES", selector: randomUUID().replaceAll("-", ""), bits };
}

/** A key that was given, ready to be kept. */
export function givenKey(
  sealer: Sealer,
  identity: string,
  selector: string,
  key: KeyObject,
): WantedDkimKey & { pair: DkimKeyPair } {
  const pair = {
    sealedPrivateKey: seal(sealer, identity, selector, key),
    publicKey: publicKeyText(key),
    generatedAt: null,
  };
  return { origin: "EXTERNAL", selector, bits: keyBits(key), pair };
}

/**
 * Makes the halves of a key that has none yet; does nothing for others. Of several processes that do so at once one wins,
 * so whoever needs them reads them afterwards.
 */
export async function makeDkimKey(
  { database, sealer, clock }: DkimKeyServices,
  identity: string,
  { selector, bits, publicKey }: Pick<DkimKeyRow, "selector" | "bits" | "publicKey">,
): Promise<void> {
  if (publicKey !== null) return;
  const key = await generateDkimKey(bits === 1024 ? 1024 : 2048);
  await fillDkimKey(database, identity, selector, {
    sealedPrivateKey: seal(sealer, identity, selector, key),
    publicKey: publicKeyText(key),
    generatedAt: clock(),
  });
}

/** The private key to sign with; undefined where it is gone. Throws a `SealError` under another master key. */
export async function openDkimKey(
  database: Queryable,
  sealer: Sealer,
  identity: string,
  selector: string,
): Promise<KeyObject | undefined> {
  const sealed = await selectSealedDkimKey(database, identity, selector);
  return sealed && dkimKeyFromBytes(sealer.open(sealed, sealContext(identity, selector)));
}

function seal(sealer: Sealer, identity: string, selector: string, key: KeyObject): Uint8Array {
  return sealer.seal(dkimKeyBytes(key), sealContext(identity, selector));
}

function sealContext(identity: string, selector: string): string {
  return `dkim:${identity}:${selector}`;
}
