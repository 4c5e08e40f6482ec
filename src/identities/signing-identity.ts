/**
 * Looks up what delivery needs of the sending identity: the DKIM key and the return path domain. Changes take effect
 * within a second. Keys are cached as KeyObjects, which are expensive to create.
 */
import type { KeyObject } from "node:crypto";
import type { Sealer } from "../access/sealing/sealer.ts";
import { BoundedMap } from "../common/bounded-map.ts";
import { createExpiringCache } from "../common/expiring-cache.ts";
import type { DkimKey } from "../mail/dkim/signature.ts";
import { type Queryable, queryableInScope, type ScopedQueryable } from "../stores/postgres/database.ts";
import type { DkimKeyRow } from "../stores/postgres/dkim-keys.ts";
import { type EmailIdentity, selectNearestIdentities } from "../stores/postgres/identities.ts";
import type { MailFromDomain } from "../stores/postgres/mail-from-domains.ts";
import { openDkimKey } from "./dkim-key-store.ts";
import { nearestNames } from "./identity-name.ts";
import { isCovered, type Proving, recordStatus } from "./status.ts";

export interface SigningIdentity {
  /** Undefined if there is no key with a published record, or if signing is disabled. */
  readonly dkim: DkimKey | undefined;
  /** The identity's MAIL FROM domain if its MX record was found; undefined to use the server's return path domain. */
  readonly mailFromDomain: string | undefined;
  /**
   * Whether the owner wants bounces and complaints forwarded by mail. `unproven`: nobody has proved ownership of the
   * sender, so they would reach strangers.
   */
  readonly feedbackForwarding: "enabled" | "disabled" | "unproven";
}

/**
 * Looks up an identity of a scope by name (an address or a domain); undefined if neither it nor a domain above it exists
 * in that scope.
 */
export type SigningIdentityOf = (scope: number, name: string) => Promise<SigningIdentity | undefined>;

/** In milliseconds: how long changes may take to have an effect. */
const lifetime = 1000;
/** How many identities and keys are cached. */
const capacity = 1000;

/** Creates a cached lookup. It rejects if the database is unavailable or a key can't be opened. */
export function createSigningIdentities(services: {
  database: Queryable;
  sealer: Sealer;
  proving: Proving;
  clock: () => Date;
  /** For how long lookups are kept; `clock` by default. */
  steadyClock?: () => Date;
}): SigningIdentityOf {
  const { database, sealer, proving, clock, steadyClock = clock } = services;
  const identities = createExpiringCache({ lifetime, capacity, clock: steadyClock, load });
  // The cache key includes the scope, and the public key, because the key of a selector may be replaced.
  const keys = new BoundedMap<string, KeyObject>({ capacity, evicts: "oldest" });

  async function load(id: string): Promise<SigningIdentity | undefined> {
    const space = id.indexOf(" ");
    const scoped = queryableInScope(database, Number(id.slice(0, space)));
    const nearest = await selectNearestIdentities(scoped, nearestNames(id.slice(space + 1)));
    const [own] = nearest;
    if (own === undefined) return undefined;
    return {
      dkim: await keyOf(scoped, nearest),
      mailFromDomain: usedMailFrom(nearest, proving),
      feedbackForwarding: feedbackForwardingOf(nearest),
    };
  }

  function feedbackForwardingOf(nearest: readonly EmailIdentity[]): SigningIdentity["feedbackForwarding"] {
    if (!isCovered(nearest, proving, clock())) return "unproven";
    return nearest[0]?.feedbackForwarding ? "enabled" : "disabled";
  }

  /** The key of the nearest domain that can sign. A domain with signing disabled ends the search. */
  async function keyOf(scoped: ScopedQueryable, nearest: readonly EmailIdentity[]): Promise<DkimKey | undefined> {
    for (const identity of nearest) {
      if (identity.type !== "DOMAIN") continue;
      if (!identity.dkimSigningEnabled) return undefined;
      if (identity.dkim && signs(identity.dkim, proving)) {
        const key = await keyObject(scoped, identity.name, identity.dkim);
        if (key) return { domain: identity.name, selector: identity.dkim.selector, key };
      }
    }
    return undefined;
  }

  async function keyObject(
    scoped: ScopedQueryable,
    identity: string,
    { selector, publicKey }: DkimKeyRow,
  ): Promise<KeyObject | undefined> {
    const id = `${scoped.scope} ${identity} ${selector} ${publicKey}`;
    const kept = keys.get(id);
    if (kept) return kept;
    const key = await openDkimKey(scoped, sealer, identity, selector);
    if (key === undefined) return undefined;
    keys.set(id, key);
    return key;
  }

  return (scope, name) => identities.get(`${scope} ${name}`);
}

/**
 * Whether receivers can find the key: a signature by a missing key is worse than none. If DNS servers currently don't
 * answer, the last result counts.
 */
function signs(key: DkimKeyRow, proving: Proving): boolean {
  if (key.publicKey === null) return false;
  const status = recordStatus(key, proving);
  return status === "SUCCESS" || (status === "TEMPORARY_FAILURE" && key.error === "DNS_SERVER_ERROR");
}

/** The nearest domain with a DKIM key; undefined if there is none, or if a domain with signing disabled comes before it. */
export function signerOf(nearest: readonly EmailIdentity[]): EmailIdentity | undefined {
  const domains = nearest.filter(({ type }) => type === "DOMAIN");
  const first = domains.find(({ dkim, dkimSigningEnabled }) => dkim || !dkimSigningEnabled);
  return first?.dkimSigningEnabled ? first : undefined;
}

/** The MAIL FROM domain that mail is sent with; undefined for the server's return path domain. */
export function usedMailFrom(nearest: readonly EmailIdentity[], proving: Proving): string | undefined {
  const mailFrom = mailFromOf(nearest);
  return mailFrom && recordStatus(mailFrom, proving) === "SUCCESS" ? mailFrom.domain : undefined;
}

/** The MAIL FROM domain of an identity: its own or, for an address without one, that of the nearest domain. */
export function mailFromOf([own, ...above]: readonly EmailIdentity[]): MailFromDomain | undefined {
  if (own === undefined || own.mailFrom || own.type === "DOMAIN") return own?.mailFrom;
  return above[0]?.mailFrom;
}
