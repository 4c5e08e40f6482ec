/** Merges the handlers of all groups of operations. */
import type { FastifyBaseLogger } from "fastify";
import type { Sealer } from "../access/sealing/sealer.ts";
import { usableKeys } from "../accounts/shared-buckets.ts";
import { type Config, identityVerification } from "../config/config.ts";
import type { Handler, OperationName } from "../contract/types.ts";
import type { Recorder } from "../events/recorder.ts";
import type { PublishingFeed } from "../publishing/publishing-feed.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import { accountOperations } from "./account/account-operations.ts";
import type { AccountSettings } from "./account/settings.ts";
import { configurationSetOperations } from "./configuration-sets/configuration-set-operations.ts";
import { contactOperations } from "./contacts/contact-operations.ts";
import { customVerificationOperations } from "./custom-verification/custom-verification-operations.ts";
import { dedicatedIpOperations } from "./dedicated-ips/dedicated-ip-operations.ts";
import { deliverabilityDashboardOperations } from "./deliverability-dashboard/deliverability-dashboard-operations.ts";
import type { DeliverabilityServices } from "./deliverability-dashboard/deliverability-services.ts";
import { eventDestinationOperations } from "./event-destinations/event-destination-operations.ts";
import type { CheckTarget } from "./event-destinations/event-destination-services.ts";
import { exportOperations } from "./exports/export-operations.ts";
import type { ExportServices } from "./exports/export-services.ts";
import { identityOperations } from "./identities/identity-operations.ts";
import type { IdentityServices } from "./identities/identity-services.ts";
import { identityCertificateOperations } from "./identity-certificates/identity-certificate-operations.ts";
import { identityPolicyOperations } from "./identity-policies/identity-policy-operations.ts";
import { importOperations } from "./imports/import-operations.ts";
import type { ImportOperationServices } from "./imports/import-services.ts";
import { insightOperations } from "./insights/insight-operations.ts";
import { multiRegionEndpointOperations } from "./multi-region-endpoints/multi-region-endpoint-operations.ts";
import { recommendationOperations } from "./recommendations/recommendation-operations.ts";
import { reputationOperations } from "./reputation/reputation-operations.ts";
import { sendingOperations } from "./sending/sending-operations.ts";
import type { SendingServices } from "./sending/sending-services.ts";
import { suppressionOperations } from "./suppression/suppression-operations.ts";
import { tagOperations } from "./tags/tag-operations.ts";
import { templateOperations } from "./templates/template-operations.ts";
import { tenantOperations } from "./tenants/tenant-operations.ts";
import type { WrittenOperation } from "./written.ts";

export interface OperationServices {
  config: Config;
  scope: Scope;
  stores: { database: ScopedDatabase; events: EventDatabase; objects: ObjectStore; sealer: Sealer };
  settings: AccountSettings;
  sending: SendingServices;
  recorder: Recorder;
  exportJobs: Pick<ExportServices, "worker" | "downloads">;
  importJobs: Pick<ImportOperationServices, "worker" | "downloads">;
  identities: Pick<IdentityServices, "proving" | "verifier">;
  deliverability: Pick<DeliverabilityServices, "history" | "wakeTests" | "dnsbl" | "ownAddresses">;
  checkTarget: CheckTarget;
  accountEvents: PublishingFeed["accountEvents"];
  /** The URL at which people reach this server. */
  publicUrl: () => string;
  clock: () => Date;
  log: FastifyBaseLogger;
}

/** Creates the handlers of all implemented operations, for the resources of one scope. */
export function createHandlers(services: OperationServices): HandlersOf<WrittenOperation> {
  const { config, scope, stores, settings, sending, recorder, checkTarget, accountEvents, publicUrl, clock, log } =
    services;
  const { database, events, objects, sealer } = stores;
  const vdmEnabled = async () => (await settings.account()).vdm.enabled;
  const verification = identityVerification(config);
  const mayUseKey = usableKeys(database, scope, config);
  const identities = { database, settings, sealer, clock, ...services.identities };
  return allWritten({
    ...accountOperations({ database, settings, accountEvents, config }),
    ...configurationSetOperations({ database, settings, accountEvents, verification }),
    ...contactOperations({ database, maxLists: config.contactLists }),
    ...customVerificationOperations({
      ...{ identities, sending, verification, publicUrl, abuseAddress: config.abuseAddress },
    }),
    ...deliverabilityDashboardOperations({
      ...{ database, settings, sending, objects, testHours: config.placementTestHours },
      ...services.deliverability,
    }),
    ...dedicatedIpOperations({ database }),
    ...eventDestinationOperations({ scope, database, settings, checkTarget }),
    ...exportOperations({ config, database, objects, mayUseKey, vdmEnabled, clock, ...services.exportJobs }),
    ...identityCertificateOperations({ database, scope, clock }),
    ...identityOperations(identities),
    ...identityPolicyOperations({ database, settings, scope, clock }),
    ...importOperations({ config, database, objects, mayUseKey, ...services.importJobs }),
    ...insightOperations({ config, database, events, recorder, addresses: sending.addresses, vdmEnabled, log }),
    ...multiRegionEndpointOperations,
    ...recommendationOperations({ database, scope, vdmEnabled }),
    ...reputationOperations({ database, settings, scope, accountEvents }),
    ...sendingOperations(sending),
    ...suppressionOperations({ database, accountEvents }),
    ...tagOperations({ scope, database, settings }),
    ...templateOperations({ database, templates: sending.templates }),
    ...tenantOperations({ database, settings, scope }),
  });
}

type HandlersOf<Name extends OperationName> = { readonly [Each in Name]: Handler<Each> };

/** Returns `handlers`. Surplus handlers do not compile; TypeScript does not detect them in spread objects by itself. */
function allWritten<Given extends HandlersOf<WrittenOperation>>(
  handlers: Given & Readonly<Record<Exclude<keyof Given, WrittenOperation>, never>>,
): HandlersOf<WrittenOperation> {
  return handlers;
}
