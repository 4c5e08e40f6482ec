/** The whole server: stores opened, roles started, HTTP listening; and all of it stopped in order. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createAuthentication, warnOfAuthentication } from "../access/authentication.ts";
import { type Config, identityVerification, isLoopback } from "../config/config.ts";
import { createResolver } from "../dns/resolver.ts";
import { readHistory } from "../events/history.ts";
import { type Committed, createOutbox, type Outbox } from "../events/outbox.ts";
import { type Recorder, startRecorder } from "../events/recorder.ts";
import { createApp } from "../http/app.ts";
import { createRateLimiter } from "../http/rate-limit.ts";
import { adviceHosts } from "../identities/dns-records.ts";
import { provingOf } from "../identities/status.ts";
import { startVerifier, type Verifier } from "../identities/verifier.ts";
import { createEventReader } from "../insights/event-reader.ts";
import { createLiveFeed } from "../insights/live-feed.ts";
import { newestEvents } from "../insights/recorded-events.ts";
import type { ExportWorker } from "../jobs/exports/worker.ts";
import { createAccountSettings } from "../operations/account/settings.ts";
import { createHandlers } from "../operations/handlers.ts";
import { createSending } from "../operations/sending/create-sending.ts";
import { createSuppressionRules } from "../operations/suppression/suppression-rules.ts";
import { endEarlierProcesses } from "../stores/postgres/leases.ts";
import { Closers, openStores, type Stores } from "./open-stores.ts";
import { openOwnLinks } from "./own-links.ts";
import { startDelivery } from "./start-delivery.ts";
import { startJobs } from "./start-jobs.ts";
import { type MailPorts, startMailPorts } from "./start-mail-ports.ts";

/** A running server. */
export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8025`. */
  readonly url: string;
  readonly mailPorts: MailPorts;
  /** Finishes what is under way, then closes everything. */
  close(): Promise<void>;
}

/**
 * Starts a server; resolves once it answers. What was opened is closed again when a later step fails. `signal` ends the
 * waiting for stores that do not answer, and nothing else.
 */
export async function startServer(config: Config, log: FastifyBaseLogger, signal?: AbortSignal): Promise<Server> {
  const closers = new Closers();
  try {
    const stores = await openStores(config, log, closers, signal);
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
  const jobs = startJobs({ config, stores, recorder, shown, clock, log }, closers);

  let listening = "";
  const publicUrl = () => config.publicUrl ?? listening;
  const links = await openOwnLinks(database, publicUrl);
  // Started once there is a URL for the links in its mail.
  let verifier: Verifier | undefined;
  const sending = createSending({
    ...{ config, database, outbox, settings, publicUrl, clock },
    ...links,
  });
  const handlers = createHandlers({
    config,
    database,
    events,
    objects,
    outbox,
    recorder,
    worker: jobs.exports,
    importWorker: jobs.imports,
    ...links,
    sending,
    settings,
    sealer,
    proving,
    verifier: { wake: () => verifier?.wake() },
    clock,
    log,
  });
  const resolver = createResolver({ servers: config.dnsServers, dnssec: config.dnssec, clock });
  const { trackingLinks } = links;
  const delivery = await startDelivery(
    { config, stores, outbox, resolver, proving, trackingLinks, clock, log },
    closers,
  );
  wakeDelivery = delivery.wake;
  const identityDns = { database, sealer, clock, resolver, proving, ...adviceHosts(config) };
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
    ...links,
    reader,
    live,
    shown,
    exportMaxRows: config.exportMaxRows,
    history: (messageId: string) => readHistory({ database, events }, messageId),
    publicUrl,
    mailLeaves: config.delivery !== "capture",
    importWorker: jobs.imports,
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
      identityVerification: identityVerification(config),
      region: config.region,
    }),
  });
  closers.add(() => app.close());
  listening = await app.listen({ host: config.host, port: config.port });
  await warnOfAuthentication(auth, config, log);
  const mailPorts = await startMailPorts({ config, stores, outbox, sending, auth, ...delivery, clock, log }, closers);
  if (proving === "asked") {
    const { hostname, returnPathDomain: mailDomain = hostname } = config;
    const { mailer } = delivery;
    verifier = startVerifier({ database, sealer, resolver, hostname, mailer, mailDomain, publicUrl, clock, log });
    closers.add(async () => verifier?.stop());
  }
  return { url: listening, mailPorts, app, outbox, recorder, worker: jobs.exports };
}
