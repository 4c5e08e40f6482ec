/** The admin API: functions for which SES has no operation. See `docs/admin-api.md`. */
import type { FastifyInstance } from "fastify";
import type { Sealer } from "../../access/sealing/sealer.ts";
import type { Scopes } from "../../accounts/scopes.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { acceptJsonOnly, admitOperatorsOnly, checkRights } from "../admission.ts";
import type { RequestScopes } from "../request-scope.ts";
import { mountTestControls, type TestControlServices } from "../testing/test-controls.ts";
import { type AdminAccessKeyServices, mountAdminAccessKeys } from "./access-keys.ts";
import { type AdminAccountServices, mountAdminAccounts } from "./accounts.ts";
import { mountAdminAlerts } from "./alerts.ts";
import { mountAdminArchivedMail } from "./archived-mail.ts";
import { mountAdminArchiveChanges, mountAdminArchives } from "./archives.ts";
import { mountAdminCertificates } from "./certificates.ts";
import { type AdminDedicatedIpServices, mountAdminDedicatedIps } from "./dedicated-ips.ts";
import { mountAdminDeliverabilityTests } from "./deliverability-tests.ts";
import { type AdminExportServices, mountAdminExports } from "./exports.ts";
import { answerFault } from "./faults.ts";
import { type AdminForgetServices, mountAdminForget } from "./forget.ts";
import { type AdminIdentityServices, mountAdminIdentities } from "./identities.ts";
import { type AdminIdentityNotificationServices, mountAdminIdentityNotifications } from "./identity-notifications.ts";
import { mountAdminImportPreview } from "./import-preview.ts";
import { type AdminImportServices, mountAdminImports } from "./imports.ts";
import { mountAdminLists } from "./lists.ts";
import { type AdminLiveServices, mountAdminLive } from "./live.ts";
import { type AdminMessageDetailsServices, mountAdminMessageDetails } from "./message-details.ts";
import { type AdminMessageSearchServices, mountAdminMessageSearch } from "./message-search.ts";
import { type AdminMessageServices, mountAdminMessages } from "./messages.ts";
import { type AdminMirrorServices, mountAdminMirror } from "./mirror.ts";
import { type AdminMirrorTotalsServices, mountAdminMirrorTotals } from "./mirror-totals.ts";
import { mountAdminOverview } from "./overview.ts";
import { type AdminPublishingServices, mountAdminPublishing } from "./publishing.ts";
import { mountAdminQueue } from "./queue.ts";
import { mountAdminRefusedEvents } from "./refused-events.ts";
import { type AdminScopeServices, mountAdminScopes } from "./scopes.ts";
import { mountAdminSeedMailboxes } from "./seed-mailboxes.ts";
import { mountAdminSimulations } from "./simulations.ts";
import { mountAdminTemplatePreview } from "./template-preview.ts";
import { type AdminWebhookDeliveryServices, mountAdminWebhookDeliveries } from "./webhook-deliveries.ts";
import { type AdminWebhookServices, mountAdminWebhooks } from "./webhooks.ts";

export interface AdminServices {
  stores: { database: Database; objects: ObjectStore; sealer: Sealer };
  outbox: Outbox;
  recorder: Recorder;
  /** Searches, metrics and the live feed. */
  insights: Omit<
    AdminExportServices &
      AdminMessageDetailsServices &
      AdminLiveServices &
      Pick<AdminMessageSearchServices, "prefixes">,
    "recorder" | "objects" | "limitedTo" | "adminScope" | "scopeById"
  >;
  /** Changes stored mail, to show it as its recipients get it. */
  recipientMail: Pick<AdminMessageServices, "trackingLinks" | "publicUrl" | "signSmime">;
  imports: Omit<AdminImportServices, "database" | "adminScope" | "clock">;
  identityDns: AdminIdentityServices["identityDns"];
  notificationsOf: AdminIdentityNotificationServices["notificationsOf"];
  accessKeys: AdminAccessKeyServices["accessKeys"];
  accounts: AdminAccountServices["accounts"];
  regions: AdminScopeServices["regions"];
  dedicatedIps: AdminDedicatedIpServices["dedicatedIps"];
  publishing: Omit<
    AdminPublishingServices & AdminWebhookServices & AdminWebhookDeliveryServices,
    "adminScope" | "limitedTo"
  >;
  mirror: Omit<AdminMirrorServices, "accounts" | "database" | "scopeById" | "serves" | "clock"> &
    Pick<AdminMirrorTotalsServices, "aws" | "scopes">;
  sealer: Sealer;
  forget: AdminForgetServices["forget"];
  /** Which scope a request is about. */
  requestScopes: Pick<RequestScopes, "adminScope" | "limitedTo">;
  /** The scope that a message belongs to. */
  scopeById: Scopes["byId"];
  /** What test suites control; undefined unless their endpoints exist. */
  testControls?: Omit<TestControlServices, "adminScope" | "limitedTo"> | undefined;
  clock: () => Date;
}

/** The plugin with all routes under `/admin/`. Bodies must be of type application/json, except where a route says so. */
export async function adminApi(admin: FastifyInstance, services: AdminServices): Promise<void> {
  const {
    stores,
    outbox,
    recorder,
    insights,
    recipientMail,
    imports,
    identityDns,
    notificationsOf,
    accessKeys,
    accounts,
    regions,
    dedicatedIps,
    publishing,
    mirror,
    sealer,
    forget,
    requestScopes,
    scopeById,
    testControls,
    clock,
  } = services;
  const { database } = stores;
  const { adminScope, limitedTo } = requestScopes;
  admin.setErrorHandler(answerFault);
  // Also where a route has no use for the parameters. The caller of a signed body is known only now.
  admin.addHook("preHandler", async (request) => {
    checkRights(request);
    await limitedTo(request);
  });
  // These routes read the raw body, whatever its type: a file, JSON in SES's format, incomplete JSON.
  await admin.register(async (raw) => {
    mountAdminImportPreview(raw, { ...stores, adminScope });
    mountAdminTemplatePreview(raw);
    mountAdminExports(raw, { ...insights, recorder, adminScope });
  });

  acceptJsonOnly(admin);
  mountAdminMessageSearch(admin, { ...insights, recorder, limitedTo, scopeById, clock });
  mountAdminOverview(admin, { ...insights, database, recorder, limitedTo, scopeById });
  mountAdminLive(admin, { ...insights, limitedTo });
  mountAdminMessageDetails(admin, { ...insights, ...stores, limitedTo, scopeById });
  mountAdminMessages(admin, { ...insights, ...stores, ...recipientMail, limitedTo });
  mountAdminImports(admin, { ...imports, database, adminScope, clock });
  mountAdminLists(admin, { ...stores, adminScope });
  mountAdminIdentities(admin, { identityDns, adminScope });
  mountAdminIdentityNotifications(admin, { notificationsOf, adminScope });
  mountAdminWebhooks(admin, { ...publishing, adminScope });
  mountAdminCertificates(admin, { database, sealer, adminScope, clock });
  mountAdminArchives(admin, { database, adminScope, clock });
  mountAdminArchivedMail(admin, { ...stores, adminScope });
  mountAdminWebhookDeliveries(admin, { ...publishing, adminScope });
  mountAdminScopes(admin, { accounts, regions, adminScope });
  mountAdminQueue(admin, { database, limitedTo });
  mountAdminAlerts(admin, { database, limitedTo, scopeById, clock });
  mountAdminDeliverabilityTests(admin, { database, adminScope });
  mountAdminPublishing(admin, { ...publishing, database, adminScope, limitedTo });
  if (testControls) mountTestControls(admin, "/admin", { ...testControls, adminScope, limitedTo });
  await admin.register(async (server) => {
    admitOperatorsOnly(server);
    mountAdminRefusedEvents(server, { database, limitedTo });
    mountAdminSimulations(server, { outbox, recorder, adminScope, clock });
    mountAdminAccessKeys(server, { accessKeys });
    mountAdminAccounts(server, { accounts });
    mountAdminDedicatedIps(server, { dedicatedIps, adminScope, limitedTo, scopeById });
    mountAdminArchiveChanges(server, { database, adminScope, clock });
    mountAdminForget(server, { forget });
    await server.register(async (seeds) => mountAdminSeedMailboxes(seeds, { ...stores, clock }));
    mountAdminMirror(server, { ...mirror, database, accounts, scopeById, serves: regions.serves, clock });
    mountAdminMirrorTotals(server, { ...mirror, reader: insights.reader, database, recorder, limitedTo, clock });
  });
}
