/** The whole server: stores opened, roles started, HTTP listening; and all of it stopped in order. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createAuthentication, warnOfAuthentication } from "./auth/authentication.ts";
import { type Config, isLoopback } from "./config.ts";
import { createEventReader } from "./dashboard/event-reader.ts";
import { createLiveFeed } from "./dashboard/live-feed.ts";
import { newestEvents } from "./dashboard/recorded-events.ts";
import { createFeedbackForwarder } from "./delivery/feedback/forward-feedback.ts";
import type { Settled } from "./delivery/queue/settle.ts";
import { createSystemMailer } from "./delivery/system-mail.ts";
import { createResolver } from "./dns/resolver.ts";
import { readHistory } from "./events/history.ts";
import { type Committed, createOutbox, type Outbox } from "./events/outbox.ts";
import { type Recorder, startRecorder } from "./events/recorder.ts";
import { createApp } from "./http/app.ts";
import { createRateLimiter } from "./http/rate-limit.ts";
import { adviceHosts } from "./identities/dns-records.ts";
import { createSigningIdentities } from "./identities/signing-identity.ts";
import { provingOf } from "./identities/status.ts";
import { startVerifier, type Verifier } from "./identities/verifier.ts";
import { type ExportWorker, startExportWorker } from "./jobs/exports/worker.ts";
import { startImportWorker } from "./jobs/imports/worker.ts";
import { createUrlSigner } from "./jobs/signed-url.ts";
import { Closers, openStores, type Stores } from "./open-stores.ts";
import { createAccountSettings } from "./operations/account/settings.ts";
import { createHandlers } from "./operations/handlers.ts";
import { createSending } from "./operations/sending/create-sending.ts";
import { createSuppressionRules } from "./operations/suppression/suppression-rules.ts";
import { startSweeper } from "./retention/sweeper.ts";
import { startDelivery } from "./start-delivery.ts";
import { type MailPorts, startMailPorts } from "./start-mail-ports.ts";
import { endEarlierProcesses } from "./stores/postgres/leases.ts";
import { ownSecret } from "./stores/postgres/secrets.ts";
import type { QueuedMail } from "./stores/postgres/send-queue.ts";
import { createSubscriptionLinks } from "./subscriptions/subscription-links.ts";
import { createMailTracker } from "./tracking/track-mail.ts";
import { createTrackingLinks } from "./tracking/tracking-links.ts";

/** A running server. */
export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8025`. */
  readonly url: string;
  readonly mailPorts: MailPorts;
  /** Finishes what is under way, then closes everything. */
  close(): Promise<void>;
}

/** Starts a server; resolves once it answers. What was opened is closed again when a later step fails. */
export async function startServer(config: Config, log: FastifyBaseLogger): Promise<Server> {
  const closers = new Closers();
  try {
    const stores = await openStores(config, log, closers);
    const { url, mailPorts } = await serve({ config, stores, log, clock: () => new Date() }, closers);
    return { url, mailPorts, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** What a server is made from. */
export interface ServerServices {
  config: Config;
  stores: Stores;
  log: FastifyBaseLogger;
  clock: () => Date;
}

/** The roles of a server that listens. */
export interface Roles {
  readonly url: string;
  readonly mailPorts: MailPorts;
  readonly app: FastifyInstance;
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly worker: ExportWorker;
}

/** Starts the roles on open stores and listens; `closers` stops them, and what was started before a later step failed. */
export async function serve({ config, stores, log, clock }: ServerServices, closers: Closers): Promise<Roles> {
  const { database, events, objects, openBucket, sealer } = stores;
  await endEarlierProcesses(database);
  const recorder = startRecorder({ database, events, log });
  closers.add(() => recorder.stop());
  const reader = createEventReader(events);
  const live = createLiveFeed({ recorded: (since, limit) => newestEvents(reader, since, limit), clock, log });
  closers.add(async () => live.stop());
  const proving = provingOf(config);
  const settings = createAccountSettings({ database, clock, proving });
  const suppressionRules = createSuppressionRules(settings);
  // Started once all is there that it works with.
  let wakeDelivery = () => {};
  const committed: Committed = (entries, events) => {
    recorder.wake();
    live.publish(events);
    if (entries.some(({ kind }) => kind === "submission")) wakeDelivery();
  };
  const outbox = createOutbox({ database, objects, suppressionRules, clock, committed });
  closers.add(() => outbox.idle());
  const shown = { scope: config.insightsScope, machines: config.machineEngagement };
  const worker = startExportWorker(
    { database, events, objects, openBucket, recorder, clock, log, ...shown, maxRows: config.exportMaxRows },
    config.exportWorkers,
  );
  closers.add(() => worker.stop());
  const limits = {
    suppressionPut: config.importMaxSuppressions,
    suppressionDelete: config.importMaxSuppressionDeletes,
    contacts: config.importMaxContacts,
  };
  const importWorker = startImportWorker({ database, objects, openBucket, limits, clock, log }, config.importWorkers);
  closers.add(() => importWorker.stop());
  const sweeper = startSweeper(
    { database, events, objects, clock, log },
    {
      eventDays: config.keepEventDays,
      mailDays: config.keepMailDays,
      exportFileDays: config.keepExportFileDays,
      jobDays: config.keepJobDays,
    },
  );
  closers.add(() => sweeper.stop());

  let listening = "";
  const publicUrl = () => config.publicUrl ?? listening;
  const downloads = createUrlSigner(await ownSecret(database, "download-urls"), publicUrl, "/downloads/exports");
  const subscriptionLinks = createSubscriptionLinks(await ownSecret(database, "subscription-links"), publicUrl);
  const trackingLinks = createTrackingLinks(await ownSecret(database, "tracking-links"), publicUrl);
  const importDownloads = createUrlSigner(await ownSecret(database, "import-urls"), publicUrl, "/downloads/imports");
  const uploads = createUrlSigner(await ownSecret(database, "upload-urls"), publicUrl, "/uploads");
  // Started once there is a URL for the links in its mail.
  let verifier: Verifier | undefined;
  const sending = createSending({
    ...{ config, database, outbox, settings, subscriptionLinks, trackingLinks, publicUrl, clock },
  });
  const handlers = createHandlers({
    config,
    database,
    events,
    objects,
    outbox,
    recorder,
    worker,
    importWorker,
    downloads,
    importDownloads,
    sending,
    settings,
    sealer,
    proving,
    verifier: { wake: () => verifier?.wake() },
    clock,
    log,
  });
  const resolver = createResolver({ servers: config.dnsServers, dnssec: config.dnssec, clock });
  const signingIdentity = createSigningIdentities({ database, sealer, proving, clock });
  const returnPathSecret = await ownSecret(database, "return-paths");
  const track = createMailTracker(trackingLinks);
  const { hostname, returnPathDomain = hostname, maxDeliverySeconds: maxSeconds } = config;
  const mailer = createSystemMailer({ database, objects, clock, maxSeconds, queued: () => wakeDelivery() });
  const feedback = createFeedbackForwarder({
    stores,
    mailer,
    // Where nobody showed that the sender is theirs, mail to it would reach strangers.
    wantsFeedback: async (identity) => (await signingIdentity(identity))?.feedbackForwarding ?? false,
    hostname,
    log,
  });
  closers.add(() => feedback.idle());
  const bounced = ({ envelope }: QueuedMail, { bounce }: Settled) => {
    if (bounce) void feedback.forward(bounce, { identity: envelope.identity });
  };
  wakeDelivery = startDelivery(
    { config, stores, outbox, resolver, signingIdentity, track, returnPathSecret, bounced, clock, log },
    closers,
  );
  const identityDns = { database, sealer, clock, resolver, ...adviceHosts(config) };
  const auth = createAuthentication({ config, database, sealer, clock, log });
  closers.add(() => auth.accessKeys.stop());
  const rateLimits = config.rateLimits ?? (isLoopback(config.host) ? "off" : "ses");
  const app = createApp({
    ...auth,
    handlers,
    rateLimiter: rateLimits === "ses" ? createRateLimiter(clock) : undefined,
    database,
    objects,
    outbox,
    recorder,
    downloads,
    reader,
    live,
    shown,
    exportMaxRows: config.exportMaxRows,
    history: (messageId: string) => readHistory({ database, events }, messageId),
    publicUrl,
    subscriptionLinks,
    trackingLinks,
    mailLeaves: config.delivery !== "capture",
    importDownloads,
    importWorker,
    uploads,
    openBucket,
    identityDns,
    uploadMaxBytes: config.uploadMaxBytes,
    uploadUrlSeconds: config.exportUrlSeconds,
    importBuckets: config.importBuckets,
    ownBucket: config.s3Bucket,
    clock,
    log,
    maxBodyBytes: config.maxBodyBytes,
    trustedProxies: config.trustedProxies,
    health: async () => ({
      status: "ok",
      postgres: database.kind,
      clickhouse: events.kind,
      delivery: config.delivery,
      region: config.region,
    }),
  });
  closers.add(() => app.close());
  listening = await app.listen({ host: config.host, port: config.port });
  await warnOfAuthentication(auth, config, log);
  const mailPorts = await startMailPorts(
    { config, stores, outbox, sending, auth, forwardFeedback: feedback.forward, returnPathSecret, clock, log },
    closers,
  );
  if (proving === "asked") {
    const mailDomain = returnPathDomain;
    verifier = startVerifier({ database, sealer, resolver, hostname, mailer, mailDomain, publicUrl, clock, log });
    closers.add(async () => verifier?.stop());
  }
  return { url: listening, mailPorts, app, outbox, recorder, worker };
}
