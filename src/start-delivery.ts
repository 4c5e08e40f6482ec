/** Starts the delivery of queued mail, where the settings say that mail leaves. */
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { createMxTransport } from "./delivery/mx-transport.ts";
import { createPreparer } from "./delivery/queue/prepare-mail.ts";
import type { Settled } from "./delivery/queue/settle.ts";
import { startDeliveryWorker } from "./delivery/queue/worker.ts";
import { createRelayTransport } from "./delivery/relay-transport.ts";
import type { Transport } from "./delivery/transport.ts";
import type { DnsResolver } from "./dns/resolver.ts";
import type { Outbox } from "./events/outbox.ts";
import type { SigningIdentityOf } from "./identities/signing-identity.ts";
import type { Closers, Stores } from "./open-stores.ts";
import type { QueuedMail } from "./stores/postgres/send-queue.ts";
import type { MailTracker } from "./tracking/track-mail.ts";

/** What delivery works with. */
export interface DeliveryRole {
  config: Config;
  stores: Pick<Stores, "database" | "objects">;
  outbox: Outbox;
  resolver: DnsResolver;
  signingIdentity: SigningIdentityOf;
  track: MailTracker;
  returnPathSecret: Uint8Array;
  /** Told of each bounce once it is recorded. */
  bounced(mail: QueuedMail, settled: Settled): void;
  clock: () => Date;
  log: FastifyBaseLogger;
}

/** A destination that fails rests for a minute at first, or no longer than its mail waits; half an hour at the most. */
const restMs = 60_000;
const longestRestMs = 30 * 60_000;

/** Starts it; `closers` stops it. Resolves to how it is told that there is mail, which does nothing where none leaves. */
export function startDelivery(role: DeliveryRole, closers: Closers): () => void {
  const { config, stores, clock, log } = role;
  if (config.delivery === "capture" || config.deliveryConnections === 0) return () => {};
  if (stores.database.kind === "embedded") {
    log.warn(
      "mail leaves, and the database in this process never syncs to disk: a power cut may lose mail that was accepted. Set MAILGLASS_POSTGRES_URL to a PostgreSQL server.",
    );
  }
  const { hostname, returnPathDomain = hostname } = config;
  const relayed = config.delivery === "relay";
  const [firstRetry] = config.retrySeconds;
  const worker = startDeliveryWorker(
    {
      database: stores.database,
      outbox: role.outbox,
      transport: transportOf(role),
      prepare: createPreparer({
        objects: stores.objects,
        signingIdentity: role.signingIdentity,
        track: role.track,
        returnPathSecret: role.returnPathSecret,
        returnPathDomain,
        clock,
      }),
      bounced: role.bounced,
      clock,
      log,
    },
    {
      connections: config.deliveryConnections,
      destination: {
        connections: relayed ? config.deliveryConnections : config.mxConnections,
        restMs: Math.min(restMs, firstRetry * 1000),
        longestRestMs: Math.min(longestRestMs, firstRetry * 1000),
      },
      relayed,
      schedule: config.retrySeconds,
      maxSeconds: config.maxDeliverySeconds,
      hostname,
    },
  );
  closers.add(() => worker.stop());
  return worker.wake;
}

function transportOf({ config, resolver, clock, log }: DeliveryRole): Transport {
  const { hostname, deliveryConnections: connections } = config;
  if (config.delivery === "relay" && config.relayUrl !== undefined) {
    // The relay is one server: what all connections may be, it may have.
    const options = { hostname, connections, connectionsPerServer: connections, clock };
    return createRelayTransport({ ...options, url: config.relayUrl });
  }
  return createMxTransport({
    hostname,
    connections,
    connectionsPerServer: config.mxConnections,
    clock,
    resolver,
    port: config.mxPort,
    privateDestinations: config.privateDestinations,
    log,
  });
}
