/** Starts the delivery of queued mail if the settings say that mail leaves. */
import { ownSecret } from "../access/sealing/own-secrets.ts";
import { createFeedbackChoice } from "../delivery/feedback/feedback-choice.ts";
import {
  createFeedbackForwarder,
  type FeedbackForwarder,
  type ForwardFeedback,
} from "../delivery/feedback/forward-feedback.ts";
import { createMxTransport } from "../delivery/mx-transport.ts";
import { createPreparer } from "../delivery/queue/prepare-mail.ts";
import { type DeliveryWorker, startDeliveryWorker } from "../delivery/queue/worker.ts";
import { createRelayTransport } from "../delivery/relay-transport.ts";
import { createSources } from "../delivery/sources/sources.ts";
import { createSystemMailer, type SystemMailer } from "../delivery/system-mail.ts";
import type { Transport } from "../delivery/transport.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import type { Outbox } from "../events/outbox.ts";
import { createSigningIdentities, type SigningIdentityOf } from "../identities/signing-identity.ts";
import type { SignSmime } from "../identities/smime-signers.ts";
import { provingOf } from "../identities/status.ts";
import { createMailTracker } from "../recipients/tracking/track-mail.ts";
import type { TrackingLinks } from "../recipients/tracking/tracking-links.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Publishing } from "./start-publishing.ts";

export interface DeliveryRole extends ServerServices {
  publishing: Pick<Publishing, "subscriptions">;
  outbox: Outbox;
  resolver: DnsResolver;
  trackingLinks: TrackingLinks;
  signSmime: SignSmime;
}

/** What other roles use of delivery. */
export interface Delivery {
  /** Reports new mail in the send queue; does nothing if no mail leaves. */
  wake(): void;
  readonly mailer: SystemMailer;
  readonly forwardFeedback: ForwardFeedback;
  /** The key that authenticates return paths. */
  readonly returnPathSecret: Uint8Array;
}

/**
 * A failing destination first rests for a minute, or for its mail's first retry pause if that is shorter; at most half
 * an hour.
 */
const restMs = 60_000;
const longestRestMs = 30 * 60_000;

/** Starts delivery; `closers` stops it. */
export async function startDelivery(role: DeliveryRole, closers: Closers): Promise<Delivery> {
  const { config, stores, clock, steadyClock, log } = role;
  const { database, objects, sealer } = stores;
  const proving = provingOf(config);
  const signingIdentity = createSigningIdentities({ database, sealer, proving, clock, steadyClock });
  const returnPathSecret = await ownSecret(stores, "return-paths");
  const { hostname, maxDeliverySeconds: maxSeconds } = config;
  let wake = () => {};
  const mailer = createSystemMailer({ database, objects, clock, maxSeconds, queued: () => wake() });
  const feedback = createFeedbackForwarder({
    stores,
    mailer,
    wantsFeedback: createFeedbackChoice({
      signingIdentity,
      subscriptions: async (scope) => (await role.publishing.subscriptions.current()).of(scope),
    }),
    hostname,
    log,
  });
  closers.add(() => feedback.idle());
  if (config.delivery !== "capture" && config.deliveryConnections > 0) {
    const worker = startWorker(role, { signingIdentity, returnPathSecret, feedback });
    closers.add(() => worker.stop());
    wake = worker.wake;
  }
  return { wake: () => wake(), mailer, forwardFeedback: feedback.forward, returnPathSecret };
}

interface DeliveryParts {
  signingIdentity: SigningIdentityOf;
  returnPathSecret: Uint8Array;
  feedback: FeedbackForwarder;
}

function startWorker(
  role: DeliveryRole,
  { signingIdentity, returnPathSecret, feedback }: DeliveryParts,
): DeliveryWorker {
  const { config, stores, outbox, clock, clockMoves, log } = role;
  const { database, objects } = stores;
  if (database.kind === "embedded") {
    log.warn(
      "mail leaves, but the embedded database never syncs to disk: a power failure may lose accepted mail. Set MAILGLASS_POSTGRES_URL to a PostgreSQL server.",
    );
  }
  const { hostname, returnPathDomain = hostname } = config;
  const relayed = config.delivery === "relay";
  const [firstRetry] = config.retrySeconds;
  const track = createMailTracker(role.trackingLinks);
  const sources = createSources({ database, clock, log });
  return startDeliveryWorker(
    {
      database,
      outbox,
      transport: transportOf(role),
      prepare: createPreparer({
        ...{ objects, signingIdentity, track, signSmime: role.signSmime },
        ...{ sources, returnPathSecret, returnPathDomain, clock },
      }),
      sources,
      bounced({ scope, configurationSet, envelope: { identity, identityScope } }, { bounce }) {
        const sender = identity === undefined ? undefined : { scope, identity, identityScope, configurationSet };
        if (bounce) void feedback.forward(bounce, { sender });
      },
      isRetired: role.scopes.isRetired,
      clock,
      clockMoves,
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
}

/** Certificates and policies of other servers are valid by the machine's time. */
function transportOf({ config, resolver, machineClock: clock, log }: DeliveryRole): Transport {
  const { hostname, deliveryConnections: connections } = config;
  if (config.delivery === "relay" && config.relayUrl !== undefined) {
    // The relay is one server, so it may have all connections.
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
