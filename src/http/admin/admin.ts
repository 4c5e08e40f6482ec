/** The admin API: functions for which SES has no operation. See `docs/admin-api.md`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { errors } from "../../contract/errors.ts";
import type { Outbox } from "../../events/outbox.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { IdentityNotificationServices } from "../../operations/identities/identity-notifications.ts";
import type { TrackingLinks } from "../../recipients/tracking/tracking-links.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { addJsonParser } from "../bodies/bodies.ts";
import { statedLength } from "../bodies/read-body.ts";
import { type AdminAccessKeyServices, mountAdminAccessKeys } from "./access-keys.ts";
import { type AdminExportServices, mountAdminExports } from "./exports.ts";
import { answerFault } from "./faults.ts";
import { type AdminIdentityServices, mountAdminIdentities } from "./identities.ts";
import { mountAdminIdentityNotifications } from "./identity-notifications.ts";
import { mountAdminImportPreview } from "./import-preview.ts";
import { type AdminImportServices, mountAdminImports } from "./imports.ts";
import { mountAdminLists } from "./lists.ts";
import { type AdminLiveServices, mountAdminLive } from "./live.ts";
import { type AdminMessageDetailsServices, mountAdminMessageDetails } from "./message-details.ts";
import { mountAdminMessageSearch } from "./message-search.ts";
import { mountAdminMessages } from "./messages.ts";
import { mountAdminOverview } from "./overview.ts";
import { type AdminPublishingServices, mountAdminPublishing } from "./publishing.ts";
import { mountAdminQueue } from "./queue.ts";
import { mountAdminRefusedEvents } from "./refused-events.ts";
import { mountAdminSimulations } from "./simulations.ts";
import { mountAdminTemplatePreview } from "./template-preview.ts";
import { type AdminWebhookDeliveryServices, mountAdminWebhookDeliveries } from "./webhook-deliveries.ts";
import { type AdminWebhookServices, mountAdminWebhooks } from "./webhooks.ts";

export interface AdminServices {
  stores: { database: ScopedDatabase; objects: ObjectStore };
  /** The scope of publishing and of the send queue; undefined: all scopes. */
  scope: number | undefined;
  outbox: Outbox;
  recorder: Recorder;
  /** Searches, metrics and the live feed. */
  insights: Omit<AdminExportServices & AdminMessageDetailsServices & AdminLiveServices, "recorder" | "objects">;
  /** Adds tracking links and the pixel to mail, to show it as its recipients get it. */
  tracking: { trackingLinks: TrackingLinks; publicUrl: () => string };
  imports: Omit<AdminImportServices, "database" | "clock">;
  identityDns: AdminIdentityServices["identityDns"];
  notifications: IdentityNotificationServices;
  accessKeys: AdminAccessKeyServices["accessKeys"];
  publishing: AdminPublishingServices & AdminWebhookServices & AdminWebhookDeliveryServices;
  clock: () => Date;
}

/** The plugin with all routes under `/admin/`. Bodies must be of type application/json, except where a route says so. */
export async function adminApi(admin: FastifyInstance, services: AdminServices): Promise<void> {
  const {
    stores,
    scope,
    outbox,
    recorder,
    insights,
    tracking,
    imports,
    identityDns,
    notifications,
    accessKeys,
    publishing,
    clock,
  } = services;
  const { database } = stores;
  admin.setErrorHandler(answerFault);
  // These routes read the raw body, whatever its type: a file, JSON in SES's format, incomplete JSON.
  await admin.register(async (raw) => {
    mountAdminExports(raw, { ...insights, recorder });
    mountAdminImportPreview(raw, stores);
    mountAdminTemplatePreview(raw);
  });

  acceptJsonOnly(admin);
  mountAdminMessageSearch(admin, { ...insights, recorder, clock });
  mountAdminMessageDetails(admin, { ...insights, ...stores });
  mountAdminMessages(admin, { ...insights, ...stores, ...tracking });
  mountAdminOverview(admin, { ...insights, recorder });
  mountAdminLive(admin, insights);
  mountAdminImports(admin, { ...imports, database, clock });
  mountAdminLists(admin, stores);
  mountAdminQueue(admin, { database, scope });
  mountAdminRefusedEvents(admin, stores);
  mountAdminIdentities(admin, { identityDns });
  mountAdminIdentityNotifications(admin, notifications);
  mountAdminSimulations(admin, { outbox, recorder, clock });
  mountAdminAccessKeys(admin, { accessKeys });
  mountAdminPublishing(admin, { ...publishing, database, scope });
  mountAdminWebhooks(admin, publishing);
  mountAdminWebhookDeliveries(admin, publishing);
}

/** Refuses bodies of other types, also where the route has no use for a body. A request without a body may state any. */
function acceptJsonOnly(admin: FastifyInstance): void {
  admin.removeAllContentTypeParsers();
  addJsonParser(admin);
  admin.addContentTypeParser("*", async (request: FastifyRequest) => {
    if (statedLength(request) === 0) return undefined;
    throw errors.unsupportedMediaType(request.headers["content-type"] ?? "");
  });
}
