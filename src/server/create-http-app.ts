/** Creates the HTTP application from the server's roles. */
import type { FastifyInstance } from "fastify";
import type { Authentication } from "../access/authentication.ts";
import { identityVerification, rateLimits } from "../config/config.ts";
import type { DnsResolver } from "../dns/resolver.ts";
import { readHistory } from "../events/history.ts";
import { shownOf } from "../events/message-state.ts";
import type { AdminServices } from "../http/admin/admin.ts";
import { createApp } from "../http/app.ts";
import { createRateLimiter } from "../http/rate-limit.ts";
import type { ApiServices } from "../http/ses-api.ts";
import type { V1ApiServices } from "../http/ses-v1-api.ts";
import { adviceHosts } from "../identities/dns-records.ts";
import { provingOf } from "../identities/status.ts";
import type { AccountSettings } from "../operations/account/settings.ts";
import { createHandlers, type OperationServices } from "../operations/handlers.ts";
import type { SendingServices } from "../operations/sending/sending-services.ts";
import { v1Operations } from "../operations/v1/v1-operations.ts";
import type { OwnLinks } from "./own-links.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";
import type { Jobs } from "./start-jobs.ts";
import type { Publishing } from "./start-publishing.ts";

export interface HttpRole extends ServerServices {
  settings: AccountSettings;
  sending: SendingServices;
  events: Events;
  jobs: Jobs;
  links: OwnLinks;
  auth: Authentication;
  resolver: DnsResolver;
  publishing: Publishing;
  /** Whether all ports of the server listen. */
  ready: () => boolean;
  /** Starts a check of identities that have just been asked for a proof. */
  wakeVerifier: () => void;
}

/** Creates the application; it does not listen yet. */
export function createHttpApp(role: HttpRole): FastifyInstance {
  const { config, stores, events, links, auth, clock, log } = role;
  const { database, objects, openBucket } = stores;
  const { outbox } = events;
  const { publicUrl } = links;
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
    ...sesApis(role),
    admin: adminApi(role),
    files: { ...links, database, objects, openBucket, uploadMaxBytes: config.uploadMaxBytes, clock },
    recipients: {
      ...links,
      database,
      outbox,
      interest: role.publishing.feed.interest,
      webhooks: role.publishing.webhooks,
      mailLeaves: config.delivery !== "capture",
      clock,
    },
  });
}

function sesApis(role: HttpRole): { api: ApiServices; v1Api: V1ApiServices } {
  const { events, jobs, links, wakeVerifier, publishing, ...others } = role;
  const { config, clock } = others;
  const services: OperationServices = {
    ...others,
    recorder: events.recorder,
    exportJobs: { worker: jobs.exports, downloads: links.downloads },
    importJobs: { worker: jobs.imports, downloads: links.importDownloads },
    identities: { proving: provingOf(config), verifier: { wake: wakeVerifier } },
    checkTarget: publishing.targetChecks.checkTarget,
    accountEvents: publishing.feed.accountEvents,
  };
  // An operation that both APIs have has one limit.
  const rateLimiter = rateLimits(config) === "ses" ? createRateLimiter(clock) : undefined;
  return {
    api: { handlers: createHandlers(services), rateLimiter, clock },
    v1Api: { handlers: v1Operations(services), rateLimiter, clock },
  };
}

function adminApi(role: HttpRole): AdminServices {
  const { config, stores, settings, events, jobs, links, auth, resolver, publishing, clock } = role;
  const { database, sealer } = stores;
  const { outbox, recorder, reader, live } = events;
  return {
    stores,
    outbox,
    recorder,
    insights: {
      reader,
      live,
      shown: shownOf(config),
      exportMaxRows: config.exportMaxRows,
      history: (messageId) => readHistory(stores, messageId),
    },
    tracking: links,
    imports: {
      worker: jobs.imports,
      uploads: links.uploads,
      urlSeconds: config.exportUrlSeconds,
      buckets: { buckets: config.importBuckets, ownBucket: config.s3Bucket },
    },
    identityDns: { database, sealer, resolver, proving: provingOf(config), ...adviceHosts(config), clock },
    notifications: { database, settings, config, ...publishing.targetChecks },
    accessKeys: auth.accessKeys,
    publishing,
    clock,
  };
}
