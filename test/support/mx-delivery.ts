/** The transport of `mx`, with a test's DNS server. */
import { createMxTransport, type MxTransportOptions } from "../../src/delivery/mx-transport.ts";
import type { Transport } from "../../src/delivery/transport.ts";
import { createResolver } from "../../src/dns/resolver.ts";
import type { DnsServer } from "./dns-server.ts";
import { recordingLog } from "./recording-log.ts";

/** It, and what it logs. */
export interface MxDelivery {
  readonly transport: Transport;
  readonly logged: readonly string[];
}

/** What may be changed. */
export type MxDeliveryOptions = Partial<Omit<MxTransportOptions, "resolver">> & { dnssec?: "off" | "trust" };

/** Makes it; private destinations are allowed, for there are no others in tests. */
export function startMxDelivery(dns: DnsServer, { dnssec = "off", ...options }: MxDeliveryOptions): MxDelivery {
  const { log, logged } = recordingLog("warn");
  const resolver = createResolver({ servers: [dns.address], dnssec, timeoutMillis: 500, attempts: 1 });
  const transport = createMxTransport({
    hostname: "me.test",
    connections: 10,
    connectionsPerServer: 5,
    port: 25,
    privateDestinations: "allow",
    resolver,
    log,
    ...options,
  });
  return { transport, logged };
}
