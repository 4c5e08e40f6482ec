/**
 * What delivery asks of the identity that mail is sent by: the key to sign with, the domain that bounces come back to.
 * What was changed holds within a second. Keys are kept as KeyObjects, which are dear to make.
 */
import type { KeyObject } from "node:crypto";
import type { Sealer } from "../access/sealing/sealer.ts";
import { BoundedMap } from "../common/bounded-map.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import type { DkimKey } from "../mail/dkim/signature.ts";
import type { Database } from "../stores/postgres/database.ts";
import type { DkimKeyRow } from "../stores/postgres/dkim-keys.ts";
import { type EmailIdentity, selectNearestIdentities } from "../stores/postgres/identities.ts";
import type { MailFromDomain } from "../stores/postgres/mail-from-domains.ts";
import { openDkimKey } from "./dkim-key-store.ts";
import { nearestNames } from "./identity-name.ts";
import { isCovered, type Proving, recordStatus } from "./status.ts";

/** What mail of an identity is sent with. */
export interface SigningIdentity {
  /** Undefined where nothing is to be signed: no key whose record was found, or signing is off. */
  readonly dkim: DkimKey | undefined;
  /** Where its own MAIL FROM domain has its MX record; undefined for the server's own return path. */
  readonly mailFromDomain: string | undefined;
  /** Whether bounces and complaints are to be forwarded to the sender: only where somebody showed that it is theirs. */
  readonly feedbackForwarding: boolean;
}

/** Asks by an identity's name, an address or a domain; undefined where neither it nor a domain above it exists. */
export type SigningIdentityOf = (name: string) => Promise<SigningIdentity | undefined>;

/** In milliseconds: the lag behind changes. */
const lifetime = 1000;
/** How many identities and keys are remembered. */
const capacity = 1000;

/** Makes the look-up of one process. It rejects where the database can't be asked or a key can't be opened. */
export function createSigningIdentities(services: {
  database: Database;
  sealer: Sealer;
  proving: Proving;
  clock: () => Date;
}): SigningIdentityOf {
  const { database, sealer, proving, clock } = services;
  const identities = createExpiringCache({ lifetime, capacity, clock, load });
  // By the public half: the key of that name may have been replaced.
  const keys = new BoundedMap<string, KeyObject>({ capacity, evicts: "oldest" });

  async function load(name: string): Promise<SigningIdentity | undefined> {
    const nearest = await selectNearestIdentities(database, nearestNames(name));
    const [own] = nearest;
    if (own === undefined) return undefined;
    const mailFrom = mailFromOf(nearest);
    return {
      dkim: await keyOf(nearest),
      mailFromDomain: mailFrom && recordStatus(mailFrom, proving) === "SUCCESS" ? mailFrom.domain : undefined,
      feedbackForwarding: own.feedbackForwarding && isCovered(nearest, proving, clock()),
    };
  }

  /** The key of the nearest domain that has one to sign with; one whose signing is off ends the search. */
  async function keyOf(nearest: readonly EmailIdentity[]): Promise<DkimKey | undefined> {
    for (const identity of nearest) {
      if (identity.type !== "DOMAIN") continue;
      if (!identity.dkimSigningEnabled) return undefined;
      if (identity.dkim && signs(identity.dkim, proving)) {
        const key = await keyObject(identity.name, identity.dkim);
        if (key) return { domain: identity.name, selector: identity.dkim.selector, key };
      }
    }
    return undefined;
  }

  async function keyObject(identity: string, { selector, publicKey }: DkimKeyRow): Promise<KeyObject | undefined> {
    const id = `${identity} ${selector} ${publicKey}`;
    const kept = keys.get(id);
    if (kept) return kept;
    const key = await openDkimKey(database, sealer, identity, selector);
    if (key === undefined) return undefined;
    keys.set(id, key);
    return key;
  }

  return (name) => identities.get(name);
}

/**
 * Whether receivers find the key: a signature by one that they don't find is worse than none. What DNS servers could not
 * say today, they said when they last could.
 */
function signs(key: DkimKeyRow, proving: Proving): boolean {
  if (key.publicKey === null) return false;
  const status = recordStatus(key, proving);
  return status === "SUCCESS" || (status === "TEMPORARY_FAILURE" && key.error === "DNS_SERVER_ERROR");
}

/** The MAIL FROM domain of an identity: its own, or for an address that of the nearest domain. */
export function mailFromOf([own, ...above]: readonly EmailIdentity[]): MailFromDomain | undefined {
  if (own === undefined || own.mailFrom || own.type === "DOMAIN") return own?.mailFrom;
  return above[0]?.mailFrom;
}
