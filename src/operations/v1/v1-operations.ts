/** Creates the handlers of all implemented operations of SES v1, over the state that v2 has. */
import { identityVerification } from "../../config/config.ts";
import type { Handler } from "../../contract/v1/types.ts";
import type { OperationServices } from "../handlers.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { createConfigurationSetTrackingOptions } from "./create-configuration-set-tracking-options.ts";
import { createTemplate } from "./create-template.ts";
import { deleteConfigurationSet } from "./delete-configuration-set.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import { deleteConfigurationSetTrackingOptions } from "./delete-configuration-set-tracking-options.ts";
import { deleteTemplate } from "./delete-template.ts";
import { describeConfigurationSet } from "./describe-configuration-set.ts";
import { getAccountSendingEnabled } from "./get-account-sending-enabled.ts";
import { getSendQuota } from "./get-send-quota.ts";
import { getTemplate } from "./get-template.ts";
import { listConfigurationSets } from "./list-configuration-sets.ts";
import { listTemplates } from "./list-templates.ts";
import { putConfigurationSetDeliveryOptions } from "./put-configuration-set-delivery-options.ts";
import { sendBulkTemplatedEmail } from "./send-bulk-templated-email.ts";
import { sendEmail } from "./send-email.ts";
import { sendRawEmail } from "./send-raw-email.ts";
import { sendTemplatedEmail } from "./send-templated-email.ts";
import { testRenderTemplate } from "./test-render-template.ts";
import { updateAccountSendingEnabled } from "./update-account-sending-enabled.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";
import { updateConfigurationSetReputationMetricsEnabled } from "./update-configuration-set-reputation-metrics-enabled.ts";
import { updateConfigurationSetSendingEnabled } from "./update-configuration-set-sending-enabled.ts";
import { updateConfigurationSetTrackingOptions } from "./update-configuration-set-tracking-options.ts";
import { updateTemplate } from "./update-template.ts";
import type { WrittenV1Operation } from "./written.ts";

export type V1Services = Pick<
  OperationServices,
  "accountEvents" | "checkTarget" | "config" | "scope" | "sending" | "settings" | "stores"
>;

export function v1Operations(services: V1Services): V1Handlers {
  const { accountEvents, checkTarget, config, scope, sending, settings, stores } = services;
  const { database } = stores;
  const destinations = { scope, database, settings, checkTarget };
  const sets = { database, settings, accountEvents, verification: identityVerification(config) };
  const templates = { database, templates: sending.templates };
  return {
    CreateConfigurationSet: createConfigurationSet(sets),
    CreateConfigurationSetEventDestination: createConfigurationSetEventDestination(destinations),
    CreateConfigurationSetTrackingOptions: createConfigurationSetTrackingOptions(sets),
    CreateTemplate: createTemplate(templates),
    DeleteConfigurationSet: deleteConfigurationSet(sets),
    DeleteConfigurationSetEventDestination: deleteConfigurationSetEventDestination(destinations),
    DeleteConfigurationSetTrackingOptions: deleteConfigurationSetTrackingOptions(sets),
    DeleteTemplate: deleteTemplate(templates),
    DescribeConfigurationSet: describeConfigurationSet(sets),
    GetAccountSendingEnabled: getAccountSendingEnabled(database),
    GetSendQuota: getSendQuota({ database, config }),
    GetTemplate: getTemplate(templates),
    ListConfigurationSets: listConfigurationSets(sets),
    ListTemplates: listTemplates(templates),
    PutConfigurationSetDeliveryOptions: putConfigurationSetDeliveryOptions(sets),
    SendBulkTemplatedEmail: sendBulkTemplatedEmail(sending),
    SendEmail: sendEmail(sending),
    SendRawEmail: sendRawEmail(sending),
    SendTemplatedEmail: sendTemplatedEmail(sending),
    TestRenderTemplate: testRenderTemplate(templates),
    UpdateAccountSendingEnabled: updateAccountSendingEnabled({ database, settings, accountEvents }),
    UpdateConfigurationSetEventDestination: updateConfigurationSetEventDestination(destinations),
    UpdateConfigurationSetReputationMetricsEnabled: updateConfigurationSetReputationMetricsEnabled(sets),
    UpdateConfigurationSetSendingEnabled: updateConfigurationSetSendingEnabled(sets),
    UpdateConfigurationSetTrackingOptions: updateConfigurationSetTrackingOptions(sets),
    UpdateTemplate: updateTemplate(templates),
  };
}

type V1Handlers = { readonly [Name in WrittenV1Operation]: Handler<Name> };
