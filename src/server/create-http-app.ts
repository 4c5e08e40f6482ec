/** Creates the HTTP application from the server's roles. */
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../access/authentication.ts";
import { createAccounts } from "../accounts/accounts.ts";
import type { PerScope } from "../accounts/per-scope.ts";
import type { Reset } from "../accounts/reset.ts";
import { uploadPrefix } from "../accounts/shared-buckets.ts";
import { identityVerification, rateLimits } from "../config/config.ts";
import { servedRegions } from "../config/regions.ts";
import { createDedicatedIpRegistry } from "../dedicated-ips/registry.ts";
import type { ForwardFeedback } from "../delivery/feedback/forward-feedback.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { readHistory } from "../events/history.ts";
import { shownOf } from "../events/message-state.ts";
import type { AdminServices } from "../http/admin/admin.ts";
import { createApp } from "../http/app.ts";
import { createRateLimiter, limitQueries } from "../http/rate-limit.ts";
import { createRequestScopes } from "../http/request-scope.ts";
import type { ApiServices } from "../http/ses-api.ts";
import type { V1ApiServices } from "../http/ses-v1-api.ts";
import type { TestingServices } from "../http/testing/testing.ts";
import { adviceHosts } from "../identities/dns-records.ts";
import type { SignSmime } from "../identities/smime-signers.ts";
import { provingOf } from "../identities/status.ts";
import type { Inbox } from "../inbox/inbox.ts";
import { forget } from "../jobs/forget/forget.ts";
import type { AccountSettings } from "../operations/account/settings.ts";
import { createHandlers, type OperationServices } from "../operations/handlers.ts";
import type { SendingServices } from "../operations/sending/sending-services.ts";
import { refusals } from "../operations/v1/refused.ts";
import { v1Operations } from "../operations/v1/v1-operations.ts";
import { inScope } from "../stores/postgres/database.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { awsEndpoint } from "./aws-endpoints.ts";
import type { OwnLinks } from "./own-links.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";
import type { Jobs } from "./start-jobs.ts";
import type { Mirror } from "./start-mirror.ts";
import type { Publishing } from "./start-publishing.ts";
import type { Blocklists } from "./start-recommendations.ts";

export interface HttpRole extends ServerServices {
  perScope: PerScope;
  settingsOf: (scope: Scope) => AccountSettings;
  sendingOf: (scope: Scope) => SendingServices;
  events: Events;
  jobs: Jobs;
  inbox: Inbox;
  reset: Reset;
  links: OwnLinks;
  signSmime: SignSmime;
  auth: Authentication;
  resolver: DnsResolver;
  blocklists: Blocklists;
  publishing: Publishing;
  forwardFeedback: ForwardFeedback;
  mirror: Mirror;
  /** Whether all ports of the server listen. */
  ready: () => boolean;
  /** Starts to look for the mail of inbox placement tests. */
  wakeTests: () => void;
  /** Starts a check of identities that have just been asked for a proof. */
  wakeVerifier: () => void;
}

/** Creates the application; it does not listen yet. */
export function createHttpApp(role: HttpRole): FastifyInstance {
  const { config, stores, events, links, auth, clock, log } = role;
  const { database, objects, openBucket } = stores;
  const { outbox } = events;
  const { publicUrl } = links;
  const regions = servedRegions(config);
  const accounts = createAccounts({ database, events: stores.events, scopes: role.scopes, clock });
  const requestScopes = createRequestScopes({
    scopes: role.scopes,
    accounts,
    serves: regions.serves,
    accountsFromKeys: config.accountsFromKeys === "on",
  });
  const controls = testControls(role);
  return createApp({
    http: config,
    log,
    access: { ...auth, publicUrl },
    ready: role.ready,
    health: async () => ({
      postgres: database.kind,
      clickhouse: stores.events.kind,
      delivery: config.delivery,
      identityVerification: identityVerification(config),
      region: config.region,
    }),
    ...sesApis(role, requestScopes),
    admin: {
      ...{ ...adminApi(role), accounts, regions, requestScopes, scopeById: role.scopes.byId },
      testControls: controls,
    },
    files: { ...links, database, objects, openBucket, uploadMaxBytes: config.uploadMaxBytes, clock },
    recipients: {
      ...links,
      database,
      outbox,
      interest: role.publishing.feed.interest,
      webhooks: role.publishing.webhooks,
      mailLeaves: config.delivery !== "capture",
      clock,
      steadyClock: role.steadyClock,
    },
    mirror: { ...role.mirror, failedAttempts: auth.failedAttempts, clock },
    testing: controls && { ...testingApi(role, requestScopes), controls },
  });
}

/** What test suites may do. */
function testingApi(
  role: HttpRole,
  requestScopes: TestingServices["requestScopes"],
): Omit<TestingServices, "controls"> {
  const { config, inbox, reset, scopes, stores, events, sendingOf, ready, links, clock } = role;
  const { database } = stores;
  const { relayUrl } = config;
  return {
    ...{ inbox, reset, scopes, requestScopes },
    history: (messageId, scope) => readHistory(stores, messageId, scope),
    commits: events.commits,
    hasOthers: database.kind === "server",
    tools: {
      ...{ database, scopeById: scopes.byId, sendingOf, ready, publicUrl: links.publicUrl, clock },
      relay: config.delivery === "relay" && relayUrl !== undefined ? URL.parse(relayUrl)?.host : undefined,
    },
  };
}

function sesApis(
  role: HttpRole,
  { scopeOf }: Pick<ApiServices, "scopeOf">,
): { api: ApiServices; v1Api: V1ApiServices } {
  const { events, jobs, links, wakeVerifier, wakeTests, publishing, perScope, settingsOf, sendingOf, ...others } = role;
  const { config, clock, machineClock, testControls } = others;
  const servicesOf = perScope(
    (scope): OperationServices => ({
      ...others,
      scope,
      stores: { ...others.stores, database: inScope(others.stores.database, scope.id) },
      settings: settingsOf(scope),
      sending: sendingOf(scope),
      recorder: events.recorder,
      exportJobs: { worker: jobs.exports, downloads: links.downloads },
      importJobs: { worker: jobs.imports, downloads: links.importDownloads },
      identities: { proving: provingOf(config), verifier: { wake: wakeVerifier } },
      deliverability: {
        history: (messageId, scope) => readHistory(others.stores, messageId, scope),
        wakeTests,
        ...role.blocklists,
      },
      checkTarget: publishing.targetChecksOf(scope).checkTarget,
      accountEvents: publishing.feed.accountEvents,
      publicUrl: links.publicUrl,
    }),
  );
  // An operation that both APIs have has one limit.
  const limiterOf = perScope(() => (rateLimits(config) === "ses" ? createRateLimiter(machineClock) : undefined));
  const v2 = perScope((scope) => {
    const handlers = createHandlers(servicesOf(scope));
    const rateLimiter = limiterOf(scope);
    return rateLimiter ? { handlers: limitQueries(handlers, rateLimiter), rateLimiter } : { handlers };
  });
  const v1 = perScope((scope) => {
    const { checkIdentityTopic } = publishing.targetChecksOf(scope);
    return {
      handlers: { ...refusals, ...v1Operations({ ...servicesOf(scope), checkIdentityTopic }) },
      rateLimiter: limiterOf(scope),
    };
  });
  return {
    api: { scopeOf, operationsOf: v2, faults: testControls?.faults, clock },
    v1Api: { scopeOf, operationsOf: v1, faults: testControls?.faults, clock },
  };
}

/** What test suites control, with what that takes; undefined unless their endpoints exist. */
function testControls(role: HttpRole): AdminServices["testControls"] {
  const { config, stores, events, clock } = role;
  if (!role.testControls) return undefined;
  const { hostname, maxDeliverySeconds, delivery } = config;
  const captures = delivery === "capture";
  // Where no mail leaves, what is forwarded to senders would wait forever.
  const forwardFeedback = captures ? undefined : role.forwardFeedback;
  const onDemand = { stores, outbox: events.outbox, forwardFeedback, hostname, maxDeliverySeconds, clock };
  return { ...role.testControls, captures, scopes: role.scopes, onDemand };
}

function adminApi(
  role: HttpRole,
): Omit<AdminServices, "accounts" | "regions" | "requestScopes" | "scopeById" | "testControls"> {
  const { config, stores, settingsOf, events, jobs, links, signSmime, auth, resolver, publishing, clock } = role;
  const { database, sealer } = stores;
  const { outbox, recorder, reader, live, prefixes } = events;
  return {
    stores,
    outbox,
    recorder,
    insights: {
      reader,
      prefixes,
      live,
      shown: shownOf(config),
      exportMaxRows: config.exportMaxRows,
      history: (messageId, scope) => readHistory(stores, messageId, scope),
    },
    recipientMail: { ...links, signSmime },
    imports: {
      worker: jobs.imports,
      uploads: links.uploads,
      urlSeconds: config.exportUrlSeconds,
      buckets: { buckets: config.importBuckets, ownBucket: config.s3Bucket },
      uploadPrefix: (scope) => uploadPrefix(scope, config),
    },
    identityDns: { database, sealer, resolver, proving: provingOf(config), ...adviceHosts(config), clock },
    notificationsOf: (scope) => ({
      database: inScope(database, scope.id),
      settings: settingsOf(scope),
      scope,
      ...publishing.targetChecksOf(scope),
    }),
    accessKeys: auth.accessKeys,
    dedicatedIps: createDedicatedIpRegistry({ database, resolver, clock }),
    publishing,
    mirror: {
      ...{ ...role.mirror, sealer, scopes: role.scopes, publicUrl: links.publicUrl },
      queueEndpoint: () => awsEndpoint("SQS"),
    },
    sealer,
    forget: (address, options) => forget({ ...stores, recorder }, address, options),
    clock,
  };
}
