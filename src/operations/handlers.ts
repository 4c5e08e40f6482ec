/** All handlers, made from what the server has opened. */
import type { FastifyBaseLogger } from "fastify";
import type { Sealer } from "../access/sealing/sealer.ts";
import type { UrlSigner } from "../common/signed-url.ts";
import { type Config, identityVerification } from "../config/config.ts";
import type { Handler } from "../contract/types.ts";
import type { Outbox } from "../events/outbox.ts";
import type { Recorder } from "../events/recorder.ts";
import type { Proving } from "../identities/status.ts";
import type { Verifier } from "../identities/verifier.ts";
import type { ExportWorker } from "../jobs/exports/worker.ts";
import type { JobWorker } from "../jobs/worker.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { getAccount, type SendQuota } from "./account/get-account.ts";
import { putAccountSendingAttributes } from "./account/put-account-sending-attributes.ts";
import { putAccountSuppressionAttributes } from "./account/put-account-suppression-attributes.ts";
import { putAccountVdmAttributes } from "./account/put-account-vdm-attributes.ts";
import type { AccountSettings } from "./account/settings.ts";
import { createConfigurationSet } from "./configuration-sets/create-configuration-set.ts";
import { deleteConfigurationSet } from "./configuration-sets/delete-configuration-set.ts";
import { getConfigurationSet } from "./configuration-sets/get-configuration-set.ts";
import { listConfigurationSets } from "./configuration-sets/list-configuration-sets.ts";
import { putConfigurationSetDeliveryOptions } from "./configuration-sets/put-configuration-set-delivery-options.ts";
import { putConfigurationSetSendingOptions } from "./configuration-sets/put-configuration-set-sending-options.ts";
import { putConfigurationSetSuppressionOptions } from "./configuration-sets/put-configuration-set-suppression-options.ts";
import { putConfigurationSetTrackingOptions } from "./configuration-sets/put-configuration-set-tracking-options.ts";
import { putConfigurationSetVdmOptions } from "./configuration-sets/put-configuration-set-vdm-options.ts";
import { createContact } from "./contacts/create-contact.ts";
import { createContactList } from "./contacts/create-contact-list.ts";
import { deleteContact } from "./contacts/delete-contact.ts";
import { deleteContactList } from "./contacts/delete-contact-list.ts";
import { getContact } from "./contacts/get-contact.ts";
import { getContactList } from "./contacts/get-contact-list.ts";
import { listContactLists } from "./contacts/list-contact-lists.ts";
import { listContacts } from "./contacts/list-contacts.ts";
import { updateContact } from "./contacts/update-contact.ts";
import { updateContactList } from "./contacts/update-contact-list.ts";
import { cancelExportJob } from "./exports/cancel-export-job.ts";
import { createExportJob } from "./exports/create-export-job.ts";
import { getExportJob } from "./exports/get-export-job.ts";
import { listExportJobs } from "./exports/list-export-jobs.ts";
import { createEmailIdentity } from "./identities/create-email-identity.ts";
import { deleteEmailIdentity } from "./identities/delete-email-identity.ts";
import { getEmailIdentity } from "./identities/get-email-identity.ts";
import { listEmailIdentities } from "./identities/list-email-identities.ts";
import { putEmailIdentityConfigurationSetAttributes } from "./identities/put-email-identity-configuration-set-attributes.ts";
import { putEmailIdentityDkimAttributes } from "./identities/put-email-identity-dkim-attributes.ts";
import { putEmailIdentityDkimSigningAttributes } from "./identities/put-email-identity-dkim-signing-attributes.ts";
import { putEmailIdentityFeedbackAttributes } from "./identities/put-email-identity-feedback-attributes.ts";
import { putEmailIdentityMailFromAttributes } from "./identities/put-email-identity-mail-from-attributes.ts";
import { createImportJob } from "./imports/create-import-job.ts";
import { getImportJob } from "./imports/get-import-job.ts";
import { listImportJobs } from "./imports/list-import-jobs.ts";
import { getMessageInsights } from "./insights/get-message-insights.ts";
import { batchGetMetricData } from "./metrics/batch-get-metric-data.ts";
import { sendBulkEmail } from "./sending/send-bulk-email.ts";
import { sendEmail } from "./sending/send-email.ts";
import type { SendingServices } from "./sending/sending-services.ts";
import { deleteSuppressedDestination } from "./suppression/delete-suppressed-destination.ts";
import { getSuppressedDestination } from "./suppression/get-suppressed-destination.ts";
import { listSuppressedDestinations } from "./suppression/list-suppressed-destinations.ts";
import { putSuppressedDestination } from "./suppression/put-suppressed-destination.ts";
import { createEmailTemplate } from "./templates/create-email-template.ts";
import { deleteEmailTemplate } from "./templates/delete-email-template.ts";
import { getEmailTemplate } from "./templates/get-email-template.ts";
import { listEmailTemplates } from "./templates/list-email-templates.ts";
import { testRenderEmailTemplate } from "./templates/test-render-email-template.ts";
import { updateEmailTemplate } from "./templates/update-email-template.ts";
import type { WrittenOperation } from "./written.ts";

/** What the operations are made from. */
export interface OperationServices {
  config: Config;
  database: Database;
  events: EventDatabase;
  objects: ObjectStore;
  outbox: Outbox;
  recorder: Recorder;
  log: FastifyBaseLogger;
  worker: ExportWorker;
  importWorker: JobWorker;
  downloads: UrlSigner;
  importDownloads: UrlSigner;
  sending: SendingServices;
  settings: AccountSettings;
  sealer: Sealer;
  proving: Proving;
  verifier: Pick<Verifier, "wake"> | undefined;
  clock: () => Date;
}

/** -1 is how SES says that there is no limit. */
function sendQuota({ dailyQuota, sendRate }: Config): SendQuota {
  return { max24HourSend: dailyQuota === 0 ? -1 : dailyQuota, maxSendRate: sendRate === 0 ? -1 : sendRate };
}

/** Makes the handlers of all operations that are written. */
export function createHandlers(services: OperationServices): { [Name in WrittenOperation]: Handler<Name> } {
  const { config, database, events, settings } = services;
  const vdmEnabled = async () => (await settings.account()).vdm.enabled;
  const verification = identityVerification(config);
  const exports = {
    ...services,
    vdmEnabled,
    urlSeconds: config.exportUrlSeconds,
    maxRows: config.exportMaxRows,
    buckets: config.exportBuckets,
  };
  const imports = {
    database,
    objects: services.objects,
    worker: services.importWorker,
    downloads: services.importDownloads,
    urlSeconds: config.exportUrlSeconds,
    buckets: config.importBuckets,
    ownBucket: config.s3Bucket,
  };
  const { sending } = services;
  const templating = { database, templates: sending.templates };
  return {
    BatchGetMetricData: batchGetMetricData({
      events,
      recorder: services.recorder,
      vdmEnabled,
      scope: config.insightsScope,
      machines: config.machineEngagement,
      failed: (err, requestId) => services.log.error({ err, requestId }, "a metric query failed"),
    }),
    CancelExportJob: cancelExportJob(exports),
    CreateConfigurationSet: createConfigurationSet({ ...services, verification }),
    CreateContact: createContact(services),
    CreateContactList: createContactList({ database, maxLists: config.contactLists }),
    CreateEmailIdentity: createEmailIdentity(services),
    CreateEmailTemplate: createEmailTemplate(templating),
    CreateExportJob: createExportJob(exports),
    CreateImportJob: createImportJob(imports),
    DeleteConfigurationSet: deleteConfigurationSet(services),
    DeleteContact: deleteContact(services),
    DeleteContactList: deleteContactList(services),
    DeleteEmailIdentity: deleteEmailIdentity(services),
    DeleteEmailTemplate: deleteEmailTemplate(templating),
    DeleteSuppressedDestination: deleteSuppressedDestination(services),
    GetAccount: getAccount({ database, quota: sendQuota(config) }),
    GetConfigurationSet: getConfigurationSet(services),
    GetContact: getContact(services),
    GetContactList: getContactList(services),
    GetEmailIdentity: getEmailIdentity(services),
    GetEmailTemplate: getEmailTemplate(templating),
    GetExportJob: getExportJob(exports),
    GetImportJob: getImportJob(imports),
    GetMessageInsights: getMessageInsights({
      database,
      events,
      vdmEnabled,
      scope: config.insightsScope,
      machines: config.machineEngagement,
      accountId: config.accountId,
    }),
    GetSuppressedDestination: getSuppressedDestination(services),
    ListConfigurationSets: listConfigurationSets(services),
    ListContactLists: listContactLists(services),
    ListContacts: listContacts(services),
    ListEmailIdentities: listEmailIdentities(services),
    ListEmailTemplates: listEmailTemplates(templating),
    ListExportJobs: listExportJobs(services),
    ListImportJobs: listImportJobs(services),
    ListSuppressedDestinations: listSuppressedDestinations(services),
    PutAccountSendingAttributes: putAccountSendingAttributes(services),
    PutAccountSuppressionAttributes: putAccountSuppressionAttributes(services),
    PutAccountVdmAttributes: putAccountVdmAttributes(services),
    PutConfigurationSetDeliveryOptions: putConfigurationSetDeliveryOptions(services),
    PutConfigurationSetSendingOptions: putConfigurationSetSendingOptions(services),
    PutConfigurationSetSuppressionOptions: putConfigurationSetSuppressionOptions(services),
    PutConfigurationSetTrackingOptions: putConfigurationSetTrackingOptions({ ...services, verification }),
    PutConfigurationSetVdmOptions: putConfigurationSetVdmOptions(services),
    PutEmailIdentityConfigurationSetAttributes: putEmailIdentityConfigurationSetAttributes(services),
    PutEmailIdentityDkimAttributes: putEmailIdentityDkimAttributes(services),
    PutEmailIdentityDkimSigningAttributes: putEmailIdentityDkimSigningAttributes(services),
    PutEmailIdentityFeedbackAttributes: putEmailIdentityFeedbackAttributes(services),
    PutEmailIdentityMailFromAttributes: putEmailIdentityMailFromAttributes(services),
    PutSuppressedDestination: putSuppressedDestination(services),
    SendBulkEmail: sendBulkEmail(sending),
    SendEmail: sendEmail(sending),
    TestRenderEmailTemplate: testRenderEmailTemplate(templating),
    UpdateContact: updateContact(services),
    UpdateContactList: updateContactList(services),
    UpdateEmailTemplate: updateEmailTemplate(templating),
  };
}
