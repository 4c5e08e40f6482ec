import { createTurns } from "../common/turns.ts";
import { findMailServers } from "../delivery/routing/mail-servers.ts";
import { createAnswerCache } from "../dns/answer-cache.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { within } from "./deadline.ts";
import type { Verdict } from "./verdict.ts";

/** Evaluates domains; one for the process, because DNS is public. */
export interface DnsRecords {
  /**
   * HasValidDnsRecords: HIGH if delivery would find mail servers (MX records, or an address of the domain itself), LOW if
   * there are none or the domain accepts no mail (null MX, RFC 7505). Undefined if DNS gives no answer in time.
   */
  hasValidDnsRecords(domain: string): Promise<Verdict | undefined>;
}

/** How long a lookup may take, in milliseconds. */
const deadlineMs = 4_000;
/** Lookups at a time, and how many more may wait. Above that, the result is unknown. */
const bounds = { atOnce: 50, mostWaiting: 2_000 };
const cachedDomains = 10_000;
/** In seconds. The resolver caches records by their own TTL; unknown results are kept so that dead servers cost little. */
const lifetime = { known: 60, unknown: 30 };

class TooManyLookups extends Error {
  override name = "TooManyLookups";
}

interface Found {
  readonly verdict: Verdict | undefined;
}

/** `clock` is never set. */
export function createDnsRecords({ resolver, clock }: { resolver: DnsResolver; clock: () => Date }): DnsRecords {
  const turns = createTurns({ ...bounds, tooMany: () => new TooManyLookups() });
  const cache = createAnswerCache<Found>({ size: cachedDomains, clock });

  async function lookUp(domain: string): Promise<Verdict | undefined> {
    const { route, failure } = await findMailServers(domain, { resolver, random: Math.random });
    if (route) return "HIGH";
    return failure?.permanent ? "LOW" : undefined;
  }

  return {
    async hasValidDnsRecords(domain) {
      try {
        const { verdict } = await cache.get(domain, async () => {
          let begun = false;
          const begin = () => {
            begun = true;
            return lookUp(domain);
          };
          const found = await within(turns.run(begin, AbortSignal.timeout(deadlineMs)), deadlineMs);
          if (found !== undefined) return { value: { verdict: found }, ttl: lifetime.known };
          // If its turn didn't come, other domains are slow, which says nothing about this one.
          return { value: { verdict: undefined }, ttl: begun ? lifetime.unknown : 0 };
        });
        return verdict;
      } catch (error) {
        if (error instanceof TooManyLookups || (error instanceof DOMException && error.name === "TimeoutError")) {
          return undefined;
        }
        throw error;
      }
    },
  };
}
