/**
 * Fetches and caches MTA-STS policies (RFC 8461). A fetched policy is valid for its `max_age`, even if the domain no
 * longer announces it or the file can't be fetched: an attacker who suppresses DNS answers must not be able to disable
 * it. It is fetched again when the record's ID changes, and once a day in the background.
 */
import { BoundedMap } from "../../common/bounded-map.ts";
import { DnsError } from "../../dns/dns-error.ts";
import type { DnsResolver } from "../../dns/resolver.ts";
import { policyId, readPolicy, type StsPolicy } from "./mta-sts-policy.ts";

/** A cache of MTA-STS policies. */
export interface MtaSts {
  /** The domain's policy; undefined for none or one of mode `none`. Never rejects because of what the domain does. */
  policyFor(domain: string): Promise<StsPolicy | undefined>;
}

interface Kept {
  readonly policy: StsPolicy;
  readonly id: string;
  readonly fetchedAt: number;
}

/** In entries. */
const cacheSize = 10_000;
/** In milliseconds: when a file is fetched again after a failure and after a success. */
const retryMillis = 5 * 60_000;
const refreshMillis = 24 * 3600_000;

/** `fetch` resolves to the domain's policy file or rejects. */
export function createMtaSts({
  resolver,
  fetch,
  clock,
}: {
  resolver: DnsResolver;
  fetch: (domain: string) => Promise<string>;
  clock: () => Date;
}): MtaSts {
  const policies = new BoundedMap<string, Kept>({
    capacity: cacheSize,
    evicts: "oldest",
    expiry: { clock, expiresAt: ({ fetchedAt, policy }) => fetchedAt + policy.maxAge * 1000 },
  });
  /** When a domain's file may be fetched again, in milliseconds since the epoch. */
  const pauses = new BoundedMap<string, number>({
    capacity: cacheSize,
    evicts: "oldest",
    expiry: { clock, expiresAt: (until) => until },
  });
  const underWay = new Map<string, Promise<void>>();

  async function publishedId(domain: string): Promise<string | undefined> {
    try {
      return policyId((await resolver.txt(`_mta-sts.${domain}`)).records);
    } catch (error) {
      if (error instanceof DnsError) return undefined;
      throw error;
    }
  }

  async function refresh(domain: string, id: string): Promise<void> {
    const now = clock().getTime();
    if (pauses.get(domain) !== undefined) return;
    const policy = await fetch(domain).then(readPolicy, () => undefined);
    if (policy === undefined) {
      pauses.set(domain, now + retryMillis);
    } else {
      policies.set(domain, { policy, id, fetchedAt: now });
      pauses.delete(domain);
    }
  }

  function refreshOnce(domain: string, id: string): Promise<void> {
    const running = underWay.get(domain);
    if (running !== undefined) return running;
    const started = refresh(domain, id).finally(() => underWay.delete(domain));
    underWay.set(domain, started);
    return started;
  }

  return {
    async policyFor(domain) {
      const id = await publishedId(domain);
      if (id !== undefined) {
        const kept = policies.get(domain);
        if (kept?.id !== id) await refreshOnce(domain, id);
        else if (kept.fetchedAt + refreshMillis <= clock().getTime()) void refreshOnce(domain, id);
      }
      const policy = policies.get(domain)?.policy;
      return policy?.mode === "none" ? undefined : policy;
    },
  };
}
