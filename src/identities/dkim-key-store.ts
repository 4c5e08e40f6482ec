/** Generates the DKIM keys of identities, seals them for storage, and opens them for signing. */
import type { KeyObject } from "node:crypto";
import { randomUUID } from "node:crypto";
import { sealContexts } from "../access/sealing/seal-contexts.ts";
import type { Sealer } from "../access/sealing/sealer.ts";
import {
  type DkimKeyBits,
  dkimKeyBytes,
  dkimKeyFromBytes,
  generateDkimKey,
  keyBits,
  publicKeyText,
} from "../mail/dkim/keys.ts";
import type { ScopedDatabase, ScopedQueryable } from "../stores/postgres/database.ts";
import {
  type DkimKeyPair,
  type DkimKeyRow,
  fillDkimKey,
  selectSealedDkimKey,
  type WantedDkimKey,
} from "../stores/postgres/dkim-keys.ts";

export interface DkimKeyServices {
  /** Of the scope that the identities belong to. */
  database: ScopedDatabase;
  sealer: Sealer;
  clock: () => Date;
}

/** An Easy DKIM key that has not been generated yet. Its selector has the form of SES's tokens. */
export function wantedEasyKey(bits: DkimKeyBits): WantedDkimKey {
  return { origin: "AWS_SES", selector: randomUUID().replaceAll("-", ""), bits };
}

/** A key provided by the user (BYODKIM), sealed for storage. */
export function givenKey(
  services: Pick<DkimKeyServices, "database" | "sealer">,
  identity: string,
  selector: string,
  key: KeyObject,
): WantedDkimKey & { pair: DkimKeyPair } {
  const pair = {
    sealedPrivateKey: seal(services, identity, selector, key),
    publicKey: publicKeyText(key),
    generatedAt: null,
  };
  return { origin: "EXTERNAL", selector, bits: keyBits(key), pair };
}

/**
 * Generates the key pair of a key that has none yet; otherwise does nothing. If several processes do this at once, one
 * of them wins, so callers must read the pair afterwards.
 */
export async function makeDkimKey(
  services: DkimKeyServices,
  identity: string,
  { selector, bits, publicKey }: Pick<DkimKeyRow, "selector" | "bits" | "publicKey">,
): Promise<void> {
  if (publicKey !== null) return;
  const key = await generateDkimKey(bits === 1024 ? 1024 : 2048);
  await fillDkimKey(services.database, identity, selector, {
    sealedPrivateKey: seal(services, identity, selector, key),
    publicKey: publicKeyText(key),
    generatedAt: services.clock(),
  });
}

/** The private key for signing; undefined if it is gone. Rejects with a `SealError` under another master key. */
export async function openDkimKey(
  database: ScopedQueryable,
  sealer: Sealer,
  identity: string,
  selector: string,
): Promise<KeyObject | undefined> {
  const sealed = await selectSealedDkimKey(database, identity, selector);
  return sealed && dkimKeyFromBytes(sealer.open(sealed, sealContexts.dkimKey(database.scope, identity, selector)));
}

function seal(
  { database, sealer }: Pick<DkimKeyServices, "database" | "sealer">,
  identity: string,
  selector: string,
  key: KeyObject,
): Uint8Array {
  return sealer.seal(dkimKeyBytes(key), sealContexts.dkimKey(database.scope, identity, selector));
}
