/**
 * Signs mail with the S/MIME certificates that are associated with its senders. Changes take effect within a second.
 * Signers are cached with their keys, which are expensive to open.
 */
import { createPrivateKey } from "node:crypto";
import { sealContexts } from "../access/sealing/seal-contexts.ts";
import type { Sealer } from "../access/sealing/sealer.ts";
import { BoundedMap } from "../common/bounded-map.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import { createSmimeSigner, type SmimeSigner } from "../mail/smime/cms-signature.ts";
import { signMessage } from "../mail/smime/sign-message.ts";
import { type Queryable, queryableInScope } from "../stores/postgres/database.ts";
import { type SigningCertificate, selectSigningCertificate } from "../stores/postgres/smime-certificates.ts";
import { certificateSigns } from "./certificate-status.ts";

/**
 * Signs a message from an address of a scope, in its canonical form; returns the same buffer if the address has no active
 * certificate. Rejects if the database is unavailable or the key can't be opened.
 */
export type SignSmime = (mime: Buffer, sender: { scope: number; address: string }, at: Date) => Promise<Buffer>;

/** In milliseconds: how long changes may take to have an effect. */
const lifetime = 1000;
/** How many senders and signers are cached. */
const capacity = 1000;

export function createSmimeSigning(services: {
  database: Queryable;
  sealer: Sealer;
  clock: () => Date;
  /** For how long lookups are kept; `clock` by default. */
  steadyClock?: () => Date;
}): SignSmime {
  const { database, sealer, clock, steadyClock = clock } = services;
  const certificates = createExpiringCache({
    lifetime,
    capacity,
    clock: steadyClock,
    load(key) {
      const space = key.indexOf(" ");
      const scoped = queryableInScope(database, Number(key.slice(0, space)));
      return selectSigningCertificate(scoped, key.slice(space + 1));
    },
  });
  // A certificate never changes, and its ID is not used again.
  const signers = new BoundedMap<string, Promise<SmimeSigner>>({ capacity, evicts: "oldest" });

  function signerOf({ id, chain, sealedKey }: SigningCertificate): Promise<SmimeSigner> {
    const kept = signers.get(id);
    if (kept) return kept;
    const opened = open(id, chain, sealedKey);
    signers.set(id, opened);
    opened.catch(() => signers.delete(id));
    return opened;
  }

  async function open(id: string, chain: string, sealedKey: Uint8Array): Promise<SmimeSigner> {
    const key = sealer.open(sealedKey, sealContexts.smimeKey(id));
    return createSmimeSigner(chain, createPrivateKey({ key, format: "der", type: "pkcs8" }));
  }

  return async (mime, { scope, address }, at) => {
    const certificate = await certificates.get(`${scope} ${address}`);
    if (!certificate || !certificateSigns(certificate, address, clock())) return mime;
    return signMessage(mime, await signerOf(certificate), at);
  };
}
