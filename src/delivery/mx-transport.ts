/** Delivers to the mail servers of the recipients' domains. */
import { isIP } from "node:net";
import type { Logger } from "pino";
import { DnsError } from "../dns/dns-error.ts";
import { isPublicAddress } from "../dns/public-address.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { deliverOver, type PooledServer } from "./deliver-over.ts";
import { daneDemand } from "./routing/dane.ts";
import { fetchPolicy } from "./routing/fetch-policy.ts";
import { findMailServers, type Route } from "./routing/mail-servers.ts";
import { createMtaSts } from "./routing/mta-sts.ts";
import { namesServer, type StsPolicy } from "./routing/mta-sts-policy.ts";
import { routeFailure } from "./routing/route-failure.ts";
import { type Opened, openConnection } from "./smtp-client/connection.ts";
import { otherFamily, unusable } from "./smtp-client/failure.ts";
import { demandKey, type TlsDemand } from "./smtp-client/tls.ts";
import type { Source } from "./sources/source.ts";
import type { Failure, Outcome, OutgoingMail, Transport } from "./transport.ts";
import { sharedParts, type TransportOptions } from "./transport-options.ts";

export interface MxTransportOptions extends TransportOptions {
  readonly resolver: DnsResolver;
  /** MAILGLASS_MX_PORT. */
  readonly port: number;
  /** MAILGLASS_PRIVATE_DESTINATIONS. */
  readonly privateDestinations: "refuse" | "allow";
  readonly log: Pick<Logger, "warn">;
  /** The port of MTA-STS policy servers; 443, except in tests. */
  readonly policyPort?: number;
  /** From 0 to 1, like Math.random. */
  readonly random?: () => number;
}

const policyTimeoutMillis = 20_000;

export function createMxTransport(options: MxTransportOptions): Transport {
  const { resolver, port, privateDestinations, log, random = Math.random } = options;
  const { pool, connection } = sharedParts(options);
  const policies = createMtaSts({
    resolver,
    clock: connection.clock,
    fetch: (domain) =>
      fetchPolicy(domain, {
        resolver,
        privateDestinations,
        port: options.policyPort ?? 443,
        ca: options.ca,
        timeoutMillis: policyTimeoutMillis,
      }),
  });

  /** The TLS requirements for a server, or why it can't be used. */
  async function demandOf(
    server: string,
    mail: OutgoingMail,
    route: Route,
    policy: StsPolicy | undefined,
  ): Promise<TlsDemand | Failure> {
    const dane = route.secure ? await daneDemand({ server, port, domain: mail.domain }, resolver) : undefined;
    // DANE takes precedence over MTA-STS (RFC 8461, 2): it also authenticates the MX records.
    if (dane?.kind === "dane") return dane;
    if (policy?.mode === "enforce" && !namesServer(policy, server)) {
      const message = `${server} is not a mail server of ${mail.domain} by its MTA-STS policy.`;
      return unusable({ stage: "tls", status: "4.7.0", message, host: undefined });
    }
    if (policy?.mode === "enforce" || mail.tls === "required") return { kind: "verified" };
    return dane ?? { kind: "opportunistic" };
  }

  async function open(server: string, demand: TlsDemand, source: Source | undefined): Promise<Opened> {
    const addresses = isIP(server) === 0 ? (await resolver.addresses(server)).records : [server];
    const usable = addresses.filter((address) => privateDestinations === "allow" || isPublicAddress(address));
    const reachable = source === undefined ? usable : usable.filter((address) => isIP(address) === source.family);
    // A cached DNS answer always has the same address first.
    const [first, ...others] = inRandomOrder(reachable, random);
    if (first !== undefined) {
      const target = { name: server, port, demand, implicitTls: false, credentials: undefined, source };
      return await openConnection({ ...target, addresses: [first, ...others] }, connection);
    }
    if (usable.length > 0) return { failure: otherFamily(server) };
    if (addresses.length === 0) return { failure: routeFailure("5.4.4", `The mail server ${server} has no address.`) };
    const message = `The mail server ${server} has private addresses only (MAILGLASS_PRIVATE_DESTINATIONS).`;
    // This server's own policy: it says nothing of the recipient.
    return { failure: routeFailure("5.7.1", message) };
  }

  async function pooled(
    server: string,
    mail: OutgoingMail,
    route: Route,
    policy: StsPolicy | undefined,
  ): Promise<PooledServer | Failure> {
    const demand = await demandOf(server, mail, route, policy);
    if ("stage" in demand) return demand;
    return {
      key: `${server} ${demandKey(demand)}`,
      async open(source) {
        const opened = await open(server, demand, source).catch((error: unknown) => ({
          failure: dnsFailure(server, error),
        }));
        if (policy?.mode === "testing") report(server, mail.domain, policy, opened);
        return opened;
      },
    };
  }

  /** A policy in testing mode changes nothing (RFC 8461, 5). Logs what it would have prevented. */
  function report(server: string, domain: string, policy: StsPolicy, opened: Opened): void {
    if (!namesServer(policy, server)) {
      log.warn({ domain, server }, "The MTA-STS policy under test does not name this mail server");
    } else if (opened.connection !== undefined && opened.connection.security !== "verified") {
      log.warn({ domain, server }, "The mail server does not meet the MTA-STS policy under test");
    }
  }

  /** Tries the servers in turn until one settles the message; otherwise resolves to their failures. */
  async function deliverToAny(
    route: Route,
    policy: StsPolicy | undefined,
    mail: OutgoingMail,
    settled: (outcome: Outcome) => Promise<void>,
  ): Promise<Failure[] | undefined> {
    const failures: Failure[] = [];
    for (const server of route.servers) {
      const use = await pooled(server, mail, route, policy).catch((error: unknown) => dnsFailure(server, error));
      const failure = "stage" in use ? use : await deliverOver(pool, use, mail, settled);
      if (failure === undefined) return undefined;
      failures.push(failure);
    }
    return failures;
  }

  return {
    async deliver(mail, settled) {
      const { route, failure } = await findMailServers(mail.domain, { resolver, random });
      if (route === undefined) return await settled({ delivered: false, failure });
      const policy = await policies.policyFor(mail.domain);
      let failures = await deliverToAny(route, policy, mail, settled);
      // No server of the domain has the family of the message's local addresses.
      if (failures?.some(isOtherFamily) && failures.every(isOtherFamily)) {
        failures = await deliverToAny(route, policy, { ...mail, sources: undefined }, settled);
      }
      if (failures === undefined) return;
      await settled({
        delivered: false,
        failure: verdict(
          failures.filter((one) => !isOtherFamily(one)),
          mail,
        ),
      });
    },
    close: (graceMs) => pool.close(graceMs),
  };
}

function isOtherFamily({ source }: Failure): boolean {
  return source === "other-family";
}

function inRandomOrder<Item>(items: readonly Item[], random: () => number): Item[] {
  const drawn = items.map((item) => ({ item, lot: random() }));
  return drawn.sort((a, b) => a.lot - b.lot).map(({ item }) => item);
}

function dnsFailure(server: string, error: unknown): Failure {
  if (!(error instanceof DnsError)) throw error;
  return routeFailure("4.4.3", `The DNS of the mail server ${server} can't be asked: ${error.message}.`);
}

/** The failure that represents all servers: the last transient one, otherwise the last one. */
function verdict(failures: readonly Failure[], { domain, tls }: OutgoingMail): Failure {
  const failure =
    failures.findLast(({ permanent }) => !permanent) ??
    failures.at(-1) ??
    routeFailure("5.4.4", `There is no mail server of ${domain} to try.`);
  // Other mail for the domain may not have the TLS requirement that failed.
  return {
    ...failure,
    affectsDomain: failure.affectsDomain && (tls !== "required" || !failures.some(({ stage }) => stage === "tls")),
  };
}
