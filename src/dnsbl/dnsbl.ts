/** The blocklists that the operator has chosen, and a ledger of when they listed this server's addresses. */
import type { DnsblZone } from "../config/values.ts";
import type { Database } from "../stores/postgres/database.ts";
import { type DnsblListing, endListing, putListing } from "../stores/postgres/dnsbl-listings.ts";
import { createListCheck } from "./list-check.ts";
import { type DnsblAnswer, type DnsblResolver, lookUp } from "./look-up.ts";

/** What the lists say about an address. */
export interface AddressReport {
  readonly address: string;
  /** The lists that have it, in the order of the setting. */
  readonly listings: readonly DnsblListing[];
  /** The lists that could not be asked, and why. */
  readonly unknown: readonly { readonly list: string; readonly reason: string }[];
}

export interface Dnsbl {
  readonly lists: readonly DnsblZone[];
  /** Looks up an address in all lists at the same time and stores the results in the ledger. */
  report(address: string): Promise<AddressReport>;
}

export interface DnsblServices {
  lists: readonly DnsblZone[];
  resolver: DnsblResolver;
  database: Database;
  clock: () => Date;
  /** A clock that is never set, for intervals. */
  steadyClock: () => Date;
}

export function createDnsbl({ lists, resolver, database, clock, steadyClock }: DnsblServices): Dnsbl {
  const checkList = createListCheck(resolver, steadyClock);

  async function ask(zone: string, address: string): Promise<DnsblAnswer> {
    const state = await checkList(zone, address);
    if (state.kind === "unknown") return state;
    return state.kind === "not-covered" ? { kind: "not-listed" } : lookUp(resolver, zone, address);
  }

  return {
    lists,
    async report(address) {
      const answers = await Promise.all(
        lists.map(async ({ name, zone }) => ({ list: name, answer: await ask(zone, address) })),
      );
      const listings: DnsblListing[] = [];
      const unknown: { list: string; reason: string }[] = [];
      const now = clock();
      for (const { list, answer } of answers) {
        if (answer.kind === "unknown") {
          unknown.push({ list, reason: answer.reason });
        } else if (answer.kind === "not-listed") {
          await endListing(database, address, list, now);
        } else {
          const { description } = answer;
          const firstSeenAt = await putListing(database, { address, list, description }, now);
          listings.push({ list, description, firstSeenAt });
        }
      }
      return { address, listings, unknown };
    },
  };
}
