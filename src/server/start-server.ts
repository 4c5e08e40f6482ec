/** The whole server: opens the stores, starts the roles, listens on HTTP and SMTP, and stops everything in order. */
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { createAuthentication, warnOfAuthentication } from "../access/authentication.ts";
import { createPerScope } from "../accounts/per-scope.ts";
import { createReset } from "../accounts/reset.ts";
import { startScopeSweeper } from "../accounts/scope-sweeper.ts";
import { openScopes } from "../accounts/scopes.ts";
import { steadyClock } from "../common/steady-clock.ts";
import type { Config } from "../config/config.ts";
import { createResolver } from "../dns/resolver.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Recorder } from "../events/recorder.ts";
import { createSmimeSigning } from "../identities/smime-signers.ts";
import { provingOf } from "../identities/status.ts";
import type { Verifier } from "../identities/verifier.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { ExportWorker } from "../jobs/exports/worker.ts";
import type { AccountPulls } from "../mirror/pull-account/pull-accounts.ts";
import { createAccountSettings } from "../operations/account/settings.ts";
import { createSending } from "../operations/sending/create-sending.ts";
import { inScope } from "../stores/postgres/database.ts";
import type { LeasedLoop } from "../stores/postgres/leased-loop.ts";
import { endEarlierProcesses } from "../stores/postgres/leases.ts";
import { createAddressEvaluators } from "./address-evaluators.ts";
import { createHttpApp } from "./create-http-app.ts";
import { listenOnExtraPorts } from "./extra-ports.ts";
import { Closers, openStores } from "./open-stores.ts";
import { openOwnLinks } from "./own-links.ts";
import type { GivenServices } from "./server-services.ts";
import { startAlerts } from "./start-alerts.ts";
import { startDeliverabilityTests } from "./start-deliverability-tests.ts";
import { type Delivery, startDelivery } from "./start-delivery.ts";
import { startEvents } from "./start-events.ts";
import { startInbox } from "./start-inbox.ts";
import { startJobs } from "./start-jobs.ts";
import { type MailPorts, startMailPorts } from "./start-mail-ports.ts";
import { openMirror, startAsking, startFetching } from "./start-mirror.ts";
import { openPublishing, type Publishing } from "./start-publishing.ts";
import { openBlocklists, startRecommendations } from "./start-recommendations.ts";
import { startReputation } from "./start-reputation.ts";
import { startVerification } from "./start-verification.ts";
import { withTestControls } from "./test-controls.ts";

export interface Server {
  /** The URL it listens on, such as `http://127.0.0.1:8025`. */
  readonly url: string;
  readonly mailPorts: MailPorts;
  /** Finishes the work in progress, then closes everything. */
  close(): Promise<void>;
}

/**
 * Starts a server; resolves once it answers. If a step fails, everything opened before is closed. `signal` only ends
 * the wait for stores that do not answer. An `ephemeral` data folder is new, and used once.
 */
export async function startServer(
  config: Config,
  log: FastifyBaseLogger,
  options: { signal?: AbortSignal; ephemeral?: boolean } = {},
): Promise<Server> {
  const closers = new Closers();
  try {
    const stores = await openStores(config, log, closers, options);
    const { url, mailPorts } = await startRoles(
      { config, stores, scopes: await openScopes(stores.database, config), log, clock: () => new Date(), steadyClock },
      closers,
    );
    return { url, mailPorts, close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** The roles of a listening server. */
export interface Roles {
  readonly url: string;
  readonly mailPorts: MailPorts;
  readonly app: FastifyInstance;
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly inbox: Inbox;
  readonly worker: ExportWorker;
  readonly publishing: Publishing;
  readonly reputation: LeasedLoop;
  readonly alerts: LeasedLoop;
  /** Undefined if domains and addresses are not checked. */
  readonly recommendations: LeasedLoop | undefined;
  readonly accountPulls: AccountPulls;
  readonly testPoller: LeasedLoop;
}

/** Starts the roles on open stores and listens. `closers` stops them, also those started before a later step failed. */
export async function startRoles(given: GivenServices, closers: Closers): Promise<Roles> {
  const services = withTestControls(given);
  const { config, stores, clock, machineClock, steadyClock, testControls, log } = services;
  const { database, sealer } = stores;
  await endEarlierProcesses(database);
  // Roles that start earlier wake these.
  let delivery: Delivery | undefined;
  let verifier: Verifier | undefined;
  let reputation: LeasedLoop | undefined;
  let testPoller: LeasedLoop | undefined;
  let url = "";
  const links = await openOwnLinks(stores, () => config.publicUrl ?? url);
  const resolver = createResolver({ servers: config.dnsServers, dnssec: config.dnssec, clock: steadyClock });
  const blocklists = openBlocklists(services, resolver);
  const publishing = await openPublishing({ ...services, resolver, publicUrl: links.publicUrl }, closers);
  const perScope = createPerScope(steadyClock);
  const settingsOf = perScope(({ id }) => {
    const { changed } = publishing.subscriptions;
    const clocks = { clock, steadyClock };
    return createAccountSettings({ database: inScope(database, id), ...clocks, proving: provingOf(config), changed });
  });
  const mailQueued = () => delivery?.wake();
  const feedbackCommitted = () => reputation?.wake();
  const events = startEvents({ ...services, settingsOf, publishing, mailQueued, feedbackCommitted }, closers);
  const { outbox, recorder } = events;
  const mirror = await openMirror({ ...services, events, resolver }, closers);
  const sweeper = startScopeSweeper({ ...stores, recorder, log });
  closers.add(() => sweeper.stop());
  const inbox = await startInbox({ ...services, events }, closers);
  reputation = startReputation({ ...services, settingsOf, events, publishing }, closers);
  const jobs = startJobs({ ...services, recorder, publishing }, closers);
  const addressesOf = createAddressEvaluators({ ...services, perScope, reader: events.reader, resolver });
  const sendingOf = perScope((scope) =>
    createSending({
      config,
      scope,
      database: inScope(database, scope.id),
      outbox,
      settings: settingsOf(scope),
      addresses: addressesOf(scope),
      settingsOfAccount: async (accountId) => {
        const owner = await services.scopes.find(accountId, scope.region);
        return owner && { scope: owner, settings: settingsOf(owner) };
      },
      faults: testControls?.faults,
      clock,
      steadyClock,
      log,
      ...links,
    }),
  );
  const signSmime = createSmimeSigning({ database, sealer, clock, steadyClock });
  const reset = createReset({
    ...{ database, scopes: services.scopes, sweeper, clock },
    replaced(scopes) {
      for (const { retired, scope } of scopes) {
        perScope.forget(retired);
        testControls?.faults.clear(retired);
        testControls?.testClock.release(retired);
        inbox.scopeReplaced(retired, scope.id);
        events.live.scopeReplaced(retired, scope.id);
      }
      for (const what of ["destinations", "notifications", "webhooks"] as const) publishing.subscriptions.changed(what);
    },
    cancelled(job) {
      jobs.exports.cancelled(job);
      jobs.imports.cancelled(job);
    },
  });
  delivery = await startDelivery(
    { ...services, publishing, outbox, resolver, trackingLinks: links.trackingLinks, signSmime },
    closers,
  );
  const auth = createAuthentication({ config, database, sealer, clock: machineClock, log });
  closers.add(() => auth.accessKeys.stop());
  const wakeVerifier = () => verifier?.wake();
  const wakeTests = () => testPoller?.wake();
  let listening = false;
  const http = {
    perScope,
    settingsOf,
    publishing,
    sendingOf,
    events,
    inbox,
    reset,
    jobs,
    links,
    signSmime,
    auth,
    resolver,
    blocklists,
    wakeVerifier,
    wakeTests,
    forwardFeedback: delivery.forwardFeedback,
    mirror,
    ready: () => listening,
  };
  const app = createHttpApp({ ...services, ...http });
  closers.add(() => app.close());
  url = await app.listen({ host: config.host, port: config.port });
  await listenOnExtraPorts(app.server, config, closers);
  await warnOfAuthentication(auth, config, log);
  const mailPorts = await startMailPorts({ ...services, outbox, sendingOf, auth, resolver, ...delivery }, closers);
  // What webhooks get and verification mail contain links, so they start once the URL is known.
  publishing.start();
  startFetching(mirror, { ...services, events }, closers);
  const accountPulls = startAsking(mirror, { ...services, publishing }, closers);
  const alerts = startAlerts({ ...services, events, mirror, publishing }, closers);
  const recommendations = startRecommendations({ ...services, resolver, blocklists, publishing }, closers);
  testPoller = startDeliverabilityTests(services, closers);
  const { mailer } = delivery;
  verifier = startVerification({ ...services, resolver, mailer, publicUrl: links.publicUrl }, closers);
  listening = true;
  // The first to be called: the ports close next.
  closers.add(async () => {
    listening = false;
    testControls?.faults.close();
  });
  return {
    url,
    mailPorts,
    app,
    outbox,
    recorder,
    inbox,
    worker: jobs.exports,
    publishing,
    reputation,
    alerts,
    recommendations,
    accountPulls,
    testPoller,
  };
}
