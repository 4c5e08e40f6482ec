/** Opens the blocklists, and starts to check domains and addresses for recommendations. */
import { recommendations } from "../config/config.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { createDnsbl, type Dnsbl } from "../dnsbl/dnsbl.ts";
import { createOwnAddresses, type OwnAddresses } from "../dnsbl/own-addresses.ts";
import { adviceHosts } from "../identities/dns-records.ts";
import { provingOf } from "../identities/status.ts";
import { startRecommendationWatch } from "../recommendations/watch.ts";
import { registeredAddresses } from "../stores/postgres/dedicated-ips.ts";
import type { LeasedLoop } from "../stores/postgres/leased-loop.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Publishing } from "./start-publishing.ts";

export interface Blocklists {
  readonly dnsbl: Dnsbl;
  readonly ownAddresses: OwnAddresses;
}

export function openBlocklists(
  { config, stores, scopes, clock, steadyClock }: ServerServices,
  resolver: DnsResolver,
): Blocklists {
  const { database } = stores;
  return {
    dnsbl: createDnsbl({ lists: config.dnsbls, resolver, database, clock, steadyClock }),
    ownAddresses: createOwnAddresses({
      ...{ resolver, hostname: config.hostname, defaultScope: scopes.default.id },
      registered: () => registeredAddresses(database),
    }),
  };
}

export interface RecommendationsRole extends ServerServices {
  resolver: DnsResolver;
  blocklists: Blocklists;
  publishing: Pick<Publishing, "feed">;
}

/** Starts it; `closers` stops it. Undefined if the settings turn it off. */
export function startRecommendations(role: RecommendationsRole, closers: Closers): LeasedLoop | undefined {
  const { config, stores, resolver, blocklists, publishing, clock, machineClock, clockMoves, log } = role;
  if (recommendations(config) === "off") return undefined;
  const { returnPathDomain, sendingHost, relayed } = adviceHosts(config);
  const watch = startRecommendationWatch({
    ...{ database: stores.database, resolver, returnPathDomain, sendingHost, relayed },
    proving: provingOf(config),
    accountEvents: publishing.feed.accountEvents,
    random: Math.random,
    ...blocklists,
    ...{ clock, machineClock, clockMoves, log },
  });
  closers.add(() => watch.stop());
  return watch;
}
