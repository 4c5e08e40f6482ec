/** Creates the handlers of all implemented operations of SES v1, over the state that v2 has. */
import { identityVerification } from "../../config/config.ts";
import type { Handler } from "../../contract/v1/types.ts";
import { createScopedRead } from "../../insights/scoped-read.ts";
import type { OperationServices } from "../handlers.ts";
import type { CheckIdentityTopic } from "../identities/identity-notifications.ts";
import { createConfigurationSet } from "./create-configuration-set.ts";
import { createConfigurationSetEventDestination } from "./create-configuration-set-event-destination.ts";
import { createConfigurationSetTrackingOptions } from "./create-configuration-set-tracking-options.ts";
import { createCustomVerificationEmailTemplate } from "./create-custom-verification-email-template.ts";
import { createTemplate } from "./create-template.ts";
import { deleteConfigurationSet } from "./delete-configuration-set.ts";
import { deleteConfigurationSetEventDestination } from "./delete-configuration-set-event-destination.ts";
import { deleteConfigurationSetTrackingOptions } from "./delete-configuration-set-tracking-options.ts";
import { deleteCustomVerificationEmailTemplate } from "./delete-custom-verification-email-template.ts";
import { deleteIdentity } from "./delete-identity.ts";
import { deleteIdentityPolicy } from "./delete-identity-policy.ts";
import { deleteTemplate } from "./delete-template.ts";
import { deleteVerifiedEmailAddress } from "./delete-verified-email-address.ts";
import { describeConfigurationSet } from "./describe-configuration-set.ts";
import { getAccountSendingEnabled } from "./get-account-sending-enabled.ts";
import { getCustomVerificationEmailTemplate } from "./get-custom-verification-email-template.ts";
import { getIdentityDkimAttributes } from "./get-identity-dkim-attributes.ts";
import { getIdentityMailFromDomainAttributes } from "./get-identity-mail-from-domain-attributes.ts";
import { getIdentityNotificationAttributes } from "./get-identity-notification-attributes.ts";
import { getIdentityPolicies } from "./get-identity-policies.ts";
import { getIdentityVerificationAttributes } from "./get-identity-verification-attributes.ts";
import { getSendQuota } from "./get-send-quota.ts";
import { getSendStatistics } from "./get-send-statistics.ts";
import { getTemplate } from "./get-template.ts";
import { listConfigurationSets } from "./list-configuration-sets.ts";
import { listCustomVerificationEmailTemplates } from "./list-custom-verification-email-templates.ts";
import { listIdentities } from "./list-identities.ts";
import { listIdentityPolicies } from "./list-identity-policies.ts";
import { listTemplates } from "./list-templates.ts";
import { listVerifiedEmailAddresses } from "./list-verified-email-addresses.ts";
import { putConfigurationSetDeliveryOptions } from "./put-configuration-set-delivery-options.ts";
import { putIdentityPolicy } from "./put-identity-policy.ts";
import { sendBulkTemplatedEmail } from "./send-bulk-templated-email.ts";
import { sendCustomVerificationEmail } from "./send-custom-verification-email.ts";
import { sendEmail } from "./send-email.ts";
import { sendRawEmail } from "./send-raw-email.ts";
import { sendTemplatedEmail } from "./send-templated-email.ts";
import { setIdentityDkimEnabled } from "./set-identity-dkim-enabled.ts";
import { setIdentityFeedbackForwardingEnabled } from "./set-identity-feedback-forwarding-enabled.ts";
import { setIdentityHeadersInNotificationsEnabled } from "./set-identity-headers-in-notifications-enabled.ts";
import { setIdentityMailFromDomain } from "./set-identity-mail-from-domain.ts";
import { setIdentityNotificationTopic } from "./set-identity-notification-topic.ts";
import { testRenderTemplate } from "./test-render-template.ts";
import { updateAccountSendingEnabled } from "./update-account-sending-enabled.ts";
import { updateConfigurationSetEventDestination } from "./update-configuration-set-event-destination.ts";
import { updateConfigurationSetReputationMetricsEnabled } from "./update-configuration-set-reputation-metrics-enabled.ts";
import { updateConfigurationSetSendingEnabled } from "./update-configuration-set-sending-enabled.ts";
import { updateConfigurationSetTrackingOptions } from "./update-configuration-set-tracking-options.ts";
import { updateCustomVerificationEmailTemplate } from "./update-custom-verification-email-template.ts";
import { updateTemplate } from "./update-template.ts";
import { verifyDomainDkim } from "./verify-domain-dkim.ts";
import { verifyDomainIdentity } from "./verify-domain-identity.ts";
import { verifyEmailAddress } from "./verify-email-address.ts";
import { verifyEmailIdentity } from "./verify-email-identity.ts";
import type { WrittenV1Operation } from "./written.ts";

export type V1Services = Pick<
  OperationServices,
  | "accountEvents"
  | "checkTarget"
  | "clock"
  | "config"
  | "identities"
  | "publicUrl"
  | "recorder"
  | "scope"
  | "sending"
  | "settings"
  | "stores"
> & { checkIdentityTopic: CheckIdentityTopic };

export function v1Operations(services: V1Services): V1Handlers {
  const { accountEvents, checkIdentityTopic, checkTarget, clock, config, publicUrl, recorder, scope, sending } =
    services;
  const { settings, stores } = services;
  const verification = identityVerification(config);
  const { database, events, sealer } = stores;
  const destinations = { scope, database, settings, checkTarget };
  const sets = { database, settings, accountEvents, verification };
  const templates = { database, templates: sending.templates };
  const identities = { database, settings, sealer, clock, ...services.identities };
  const verifications = { identities, sending, verification, publicUrl, abuseAddress: config.abuseAddress };
  const policies = { database, settings, scope, clock };
  return {
    CreateConfigurationSet: createConfigurationSet(sets),
    CreateConfigurationSetEventDestination: createConfigurationSetEventDestination(destinations),
    CreateConfigurationSetTrackingOptions: createConfigurationSetTrackingOptions(sets),
    CreateCustomVerificationEmailTemplate: createCustomVerificationEmailTemplate(verifications),
    CreateTemplate: createTemplate(templates),
    DeleteConfigurationSet: deleteConfigurationSet(sets),
    DeleteConfigurationSetEventDestination: deleteConfigurationSetEventDestination(destinations),
    DeleteConfigurationSetTrackingOptions: deleteConfigurationSetTrackingOptions(sets),
    DeleteCustomVerificationEmailTemplate: deleteCustomVerificationEmailTemplate({ database }),
    DeleteIdentity: deleteIdentity(identities),
    DeleteIdentityPolicy: deleteIdentityPolicy(policies),
    DeleteTemplate: deleteTemplate(templates),
    DeleteVerifiedEmailAddress: deleteVerifiedEmailAddress(identities),
    DescribeConfigurationSet: describeConfigurationSet(sets),
    GetAccountSendingEnabled: getAccountSendingEnabled(database),
    GetCustomVerificationEmailTemplate: getCustomVerificationEmailTemplate({ database }),
    GetIdentityDkimAttributes: getIdentityDkimAttributes(identities),
    GetIdentityMailFromDomainAttributes: getIdentityMailFromDomainAttributes(identities),
    GetIdentityNotificationAttributes: getIdentityNotificationAttributes({ database, scope }),
    GetIdentityPolicies: getIdentityPolicies(policies),
    GetIdentityVerificationAttributes: getIdentityVerificationAttributes(identities),
    GetSendQuota: getSendQuota({ database, config }),
    GetSendStatistics: getSendStatistics({ read: createScopedRead(database), events, recorder }),
    GetTemplate: getTemplate(templates),
    ListConfigurationSets: listConfigurationSets(sets),
    ListCustomVerificationEmailTemplates: listCustomVerificationEmailTemplates({ database }),
    ListIdentities: listIdentities(identities),
    ListIdentityPolicies: listIdentityPolicies(policies),
    ListTemplates: listTemplates(templates),
    ListVerifiedEmailAddresses: listVerifiedEmailAddresses(identities),
    PutConfigurationSetDeliveryOptions: putConfigurationSetDeliveryOptions(sets),
    PutIdentityPolicy: putIdentityPolicy(policies),
    SendBulkTemplatedEmail: sendBulkTemplatedEmail(sending),
    SendCustomVerificationEmail: sendCustomVerificationEmail(verifications),
    SendEmail: sendEmail(sending),
    SendRawEmail: sendRawEmail(sending),
    SendTemplatedEmail: sendTemplatedEmail(sending),
    SetIdentityDkimEnabled: setIdentityDkimEnabled(identities),
    SetIdentityFeedbackForwardingEnabled: setIdentityFeedbackForwardingEnabled(identities),
    SetIdentityHeadersInNotificationsEnabled: setIdentityHeadersInNotificationsEnabled({ database, settings }),
    SetIdentityMailFromDomain: setIdentityMailFromDomain(identities),
    SetIdentityNotificationTopic: setIdentityNotificationTopic({ database, settings, scope, checkIdentityTopic }),
    TestRenderTemplate: testRenderTemplate(templates),
    UpdateAccountSendingEnabled: updateAccountSendingEnabled({ database, settings, accountEvents }),
    UpdateConfigurationSetEventDestination: updateConfigurationSetEventDestination(destinations),
    UpdateConfigurationSetReputationMetricsEnabled: updateConfigurationSetReputationMetricsEnabled(sets),
    UpdateConfigurationSetSendingEnabled: updateConfigurationSetSendingEnabled(sets),
    UpdateConfigurationSetTrackingOptions: updateConfigurationSetTrackingOptions(sets),
    UpdateCustomVerificationEmailTemplate: updateCustomVerificationEmailTemplate(verifications),
    UpdateTemplate: updateTemplate(templates),
    VerifyDomainDkim: verifyDomainDkim(identities),
    VerifyDomainIdentity: verifyDomainIdentity(identities),
    VerifyEmailAddress: verifyEmailAddress(identities),
    VerifyEmailIdentity: verifyEmailIdentity(identities),
  };
}

type V1Handlers = { readonly [Name in WrittenV1Operation]: Handler<Name> };
