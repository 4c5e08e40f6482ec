/** Checks whether blocklists have the server's addresses. */
import type { Scopes } from "../accounts/scopes.ts";
import { DnsError } from "../dns/dns-error.ts";
import type { Dnsbl } from "../dnsbl/dnsbl.ts";
import type { OwnAddresses } from "../dnsbl/own-addresses.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import { deleteOldListings } from "../stores/postgres/dnsbl-listings.ts";
import type { RecommendationFinding } from "../stores/postgres/recommendations.ts";
import { keptMs } from "./kept.ts";
import { type SettleServices, settle } from "./settle.ts";

export interface CheckAddressesServices extends Omit<SettleServices, "database"> {
  database: Database;
  /** The addresses belong to the default scope, the operator's: all accounts send from them. */
  scopes: Pick<Scopes, "default">;
  dnsbl: Dnsbl;
  ownAddresses: OwnAddresses;
  clock: () => Date;
}

/**
 * Looks up the addresses one after the other, and stores the result. Does nothing if the server's addresses can't be
 * found out at the moment. Stops early once `stopping` aborts.
 */
export async function checkAddresses(services: CheckAddressesServices, stopping: AbortSignal): Promise<void> {
  const { dnsbl, clock } = services;
  const addresses = dnsbl.lists.length === 0 ? [] : await addressesNow(services.ownAddresses);
  if (!addresses) return;
  const findings: RecommendationFinding[] = [];
  const unknown = new Set<string>();
  for (const address of addresses) {
    if (stopping.aborted) return;
    const report = await dnsbl.report(address);
    for (const { list } of report.unknown) unknown.add(findingOf(address, list));
    for (const { list, description } of report.listings) {
      const reason = description === "" ? "" : `: ${description}`;
      findings.push({
        type: "IP_LISTING",
        finding: findingOf(address, list),
        impact: "HIGH",
        description: `The address ${address} is on the blocklist ${list}${reason}`,
      });
    }
  }
  const now = clock();
  await settle(
    { ...services, database: inScope(services.database, services.scopes.default.id) },
    { identity: null, findings, isKnown: ({ finding }) => !unknown.has(finding), before: async () => true },
    now,
  );
  await deleteOldListings(services.database, new Date(now.getTime() - keptMs));
}

const findingOf = (address: string, list: string) => `${address} ${list}`;

async function addressesNow(ownAddresses: OwnAddresses): Promise<readonly string[] | undefined> {
  try {
    return await ownAddresses();
  } catch (error) {
    if (error instanceof DnsError) return undefined;
    throw error;
  }
}
