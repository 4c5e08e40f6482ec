/** Checks whether blocklists have the addresses that mail leaves from. */
import { DnsError } from "../dns/dns-error.ts";
import type { Dnsbl } from "../dnsbl/dnsbl.ts";
import type { OwnAddresses } from "../dnsbl/own-addresses.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import { deleteOldListings } from "../stores/postgres/dnsbl-listings.ts";
import { type RecommendationFinding, selectScopesWithOpenListings } from "../stores/postgres/recommendations.ts";
import { keptMs } from "./kept.ts";
import { type SettleServices, settle } from "./settle.ts";

export interface CheckAddressesServices extends Omit<SettleServices, "database"> {
  database: Database;
  dnsbl: Dnsbl;
  ownAddresses: OwnAddresses;
  clock: () => Date;
}

/**
 * Looks up the addresses of each scope one after the other, and stores the result. Does nothing if the addresses can't be
 * found out at the moment. Stops early once `stopping` aborts.
 */
export async function checkAddresses(services: CheckAddressesServices, stopping: AbortSignal): Promise<void> {
  const { database, dnsbl, clock } = services;
  const byScope = dnsbl.lists.length === 0 ? new Map<number, string[]>() : await addressesNow(services.ownAddresses);
  if (!byScope) return;
  // Addresses that a scope no longer has are no longer its concern.
  const scopes = new Set([...byScope.keys(), ...(await selectScopesWithOpenListings(database))]);
  for (const scope of scopes) await checkScope(services, scope, byScope.get(scope) ?? [], stopping);
  if (!stopping.aborted) await deleteOldListings(database, new Date(clock().getTime() - keptMs));
}

async function checkScope(
  services: CheckAddressesServices,
  scope: number,
  addresses: readonly string[],
  stopping: AbortSignal,
): Promise<void> {
  const { dnsbl, clock } = services;
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
  await settle(
    { ...services, database: inScope(services.database, scope) },
    { identity: null, findings, isKnown: ({ finding }) => !unknown.has(finding), before: async () => true },
    clock(),
  );
}

const findingOf = (address: string, list: string) => `${address} ${list}`;

async function addressesNow(ownAddresses: OwnAddresses): Promise<ReadonlyMap<number, readonly string[]> | undefined> {
  try {
    return await ownAddresses.byScope();
  } catch (error) {
    if (error instanceof DnsError) return undefined;
    throw error;
  }
}
