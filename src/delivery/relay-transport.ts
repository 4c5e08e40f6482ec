/** Delivers all mail to one server, the relay. */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isLoopback } from "../dns/public-address.ts";
import { deliverOver, type PooledServer } from "./deliver-over.ts";
import { type RelayServer, relayDemand, relayServer } from "./relay-server.ts";
import { type Opened, openConnection } from "./smtp-client/connection.ts";
import { otherFamily, unusable } from "./smtp-client/failure.ts";
import { demandKey } from "./smtp-client/tls.ts";
import type { Source } from "./sources/source.ts";
import type { Failure, OutgoingMail, Transport } from "./transport.ts";
import { sharedParts, type TransportOptions } from "./transport-options.ts";

export interface RelayTransportOptions extends TransportOptions {
  /** MAILGLASS_RELAY_URL. */
  readonly url: string;
}

export function createRelayTransport(options: RelayTransportOptions): Transport {
  const relay = relayServer(options.url);
  const { pool, connection } = sharedParts(options);

  async function open(required: boolean, source: Source | undefined): Promise<Opened> {
    const addresses = await addressesOf(relay);
    const reachable = source === undefined ? addresses : addresses.filter((address) => isIP(address) === source.family);
    const [first, ...others] = reachable;
    if (first === undefined) {
      if (addresses.length > 0) return { failure: otherFamily(relay.name) };
      const message = `The relay ${relay.name} has no address.`;
      return { failure: unusable({ stage: "route", status: "4.4.3", message, host: undefined }) };
    }
    const demand = relayDemand(relay, required, addresses.every(isLoopback));
    return await openConnection({ ...relay, demand, addresses: [first, ...others], source }, connection);
  }

  return {
    async deliver(mail, settled) {
      const required = mail.tls === "required";
      const key = demandKey({ kind: required ? "verified" : "opportunistic" });
      const server: PooledServer = { key, open: (source) => open(required, source) };
      let failure = await deliverOver(pool, server, mail, settled);
      if (failure?.source === "other-family") {
        failure = await deliverOver(pool, server, { ...mail, sources: undefined }, settled);
      }
      if (failure !== undefined) await settled({ delivered: false, failure: forOthers(failure, mail) });
    },
    close: (graceMs) => pool.close(graceMs),
  };
}

function forOthers(failure: Failure, { tls }: OutgoingMail): Failure {
  // Other mail may not require the certificate that failed.
  return tls === "required" && failure.stage === "tls" ? { ...failure, affectsDomain: false } : failure;
}

/** Uses the system's resolver with `/etc/hosts`: a relay is often a local host that is not in public DNS. */
async function addressesOf({ name }: RelayServer): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
