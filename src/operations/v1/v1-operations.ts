/** Creates the handlers of all implemented operations of SES v1, over the state that v2 has. */
import type { Handler } from "../../contract/v1/types.ts";
import { createScopedRead } from "../../insights/scoped-read.ts";
import type { OperationServices } from "../handlers.ts";
import type { CheckIdentityTopic } from "../identities/identity-notifications.ts";
import { deleteIdentity } from "./delete-identity.ts";
import { deleteIdentityPolicy } from "./delete-identity-policy.ts";
import { deleteVerifiedEmailAddress } from "./delete-verified-email-address.ts";
import { getAccountSendingEnabled } from "./get-account-sending-enabled.ts";
import { getIdentityDkimAttributes } from "./get-identity-dkim-attributes.ts";
import { getIdentityMailFromDomainAttributes } from "./get-identity-mail-from-domain-attributes.ts";
import { getIdentityNotificationAttributes } from "./get-identity-notification-attributes.ts";
import { getIdentityPolicies } from "./get-identity-policies.ts";
import { getIdentityVerificationAttributes } from "./get-identity-verification-attributes.ts";
import { getSendQuota } from "./get-send-quota.ts";
import { getSendStatistics } from "./get-send-statistics.ts";
import { listIdentities } from "./list-identities.ts";
import { listIdentityPolicies } from "./list-identity-policies.ts";
import { listVerifiedEmailAddresses } from "./list-verified-email-addresses.ts";
import { putIdentityPolicy } from "./put-identity-policy.ts";
import { sendEmail } from "./send-email.ts";
import { sendRawEmail } from "./send-raw-email.ts";
import { setIdentityDkimEnabled } from "./set-identity-dkim-enabled.ts";
import { setIdentityFeedbackForwardingEnabled } from "./set-identity-feedback-forwarding-enabled.ts";
import { setIdentityHeadersInNotificationsEnabled } from "./set-identity-headers-in-notifications-enabled.ts";
import { setIdentityMailFromDomain } from "./set-identity-mail-from-domain.ts";
import { setIdentityNotificationTopic } from "./set-identity-notification-topic.ts";
import { updateAccountSendingEnabled } from "./update-account-sending-enabled.ts";
import { verifyDomainDkim } from "./verify-domain-dkim.ts";
import { verifyDomainIdentity } from "./verify-domain-identity.ts";
import { verifyEmailAddress } from "./verify-email-address.ts";
import { verifyEmailIdentity } from "./verify-email-identity.ts";
import type { WrittenV1Operation } from "./written.ts";

export type V1Services = Pick<
  OperationServices,
  "accountEvents" | "clock" | "config" | "identities" | "recorder" | "scope" | "sending" | "settings" | "stores"
> & { checkIdentityTopic: CheckIdentityTopic };

export function v1Operations(services: V1Services): V1Handlers {
  const { accountEvents, checkIdentityTopic, clock, config, recorder, scope, sending, settings, stores } = services;
  const { database, events, sealer } = stores;
  const identities = { database, settings, sealer, clock, ...services.identities };
  const policies = { database, settings, scope, clock };
  return {
    DeleteIdentity: deleteIdentity(identities),
    DeleteIdentityPolicy: deleteIdentityPolicy(policies),
    DeleteVerifiedEmailAddress: deleteVerifiedEmailAddress(identities),
    GetAccountSendingEnabled: getAccountSendingEnabled(database),
    GetIdentityDkimAttributes: getIdentityDkimAttributes(identities),
    GetIdentityMailFromDomainAttributes: getIdentityMailFromDomainAttributes(identities),
    GetIdentityNotificationAttributes: getIdentityNotificationAttributes({ database, scope }),
    GetIdentityPolicies: getIdentityPolicies(policies),
    GetIdentityVerificationAttributes: getIdentityVerificationAttributes(identities),
    GetSendQuota: getSendQuota({ database, config }),
    GetSendStatistics: getSendStatistics({ read: createScopedRead(database), events, recorder }),
    ListIdentities: listIdentities(identities),
    ListIdentityPolicies: listIdentityPolicies(policies),
    ListVerifiedEmailAddresses: listVerifiedEmailAddresses(identities),
    PutIdentityPolicy: putIdentityPolicy(policies),
    SendEmail: sendEmail(sending),
    SendRawEmail: sendRawEmail(sending),
    SetIdentityDkimEnabled: setIdentityDkimEnabled(identities),
    SetIdentityFeedbackForwardingEnabled: setIdentityFeedbackForwardingEnabled(identities),
    SetIdentityHeadersInNotificationsEnabled: setIdentityHeadersInNotificationsEnabled({ database, settings }),
    SetIdentityMailFromDomain: setIdentityMailFromDomain(identities),
    SetIdentityNotificationTopic: setIdentityNotificationTopic({ database, settings, scope, checkIdentityTopic }),
    UpdateAccountSendingEnabled: updateAccountSendingEnabled({ database, settings, accountEvents }),
    VerifyDomainDkim: verifyDomainDkim(identities),
    VerifyDomainIdentity: verifyDomainIdentity(identities),
    VerifyEmailAddress: verifyEmailAddress(identities),
    VerifyEmailIdentity: verifyEmailIdentity(identities),
  };
}

type V1Handlers = { readonly [Name in WrittenV1Operation]: Handler<Name> };
