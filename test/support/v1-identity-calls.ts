/** Calls of the identity operations of both APIs without a server, on the identities of one scope. */

import { createSealer } from "../../src/access/sealing/sealer.ts";
import { errors } from "../../src/contract/errors.ts";
import type { Proving } from "../../src/identities/status.ts";
import { createAccountSettings } from "../../src/operations/account/settings.ts";
import type { CheckIdentityTopic } from "../../src/operations/identities/identity-notifications.ts";
import { identityOperations } from "../../src/operations/identities/identity-operations.ts";
import { deleteIdentity } from "../../src/operations/v1/delete-identity.ts";
import { deleteIdentityPolicy } from "../../src/operations/v1/delete-identity-policy.ts";
import { deleteVerifiedEmailAddress } from "../../src/operations/v1/delete-verified-email-address.ts";
import { getIdentityDkimAttributes } from "../../src/operations/v1/get-identity-dkim-attributes.ts";
import { getIdentityMailFromDomainAttributes } from "../../src/operations/v1/get-identity-mail-from-domain-attributes.ts";
import { getIdentityNotificationAttributes } from "../../src/operations/v1/get-identity-notification-attributes.ts";
import { getIdentityPolicies } from "../../src/operations/v1/get-identity-policies.ts";
import { getIdentityVerificationAttributes } from "../../src/operations/v1/get-identity-verification-attributes.ts";
import { listIdentities } from "../../src/operations/v1/list-identities.ts";
import { listIdentityPolicies } from "../../src/operations/v1/list-identity-policies.ts";
import { listVerifiedEmailAddresses } from "../../src/operations/v1/list-verified-email-addresses.ts";
import { putIdentityPolicy } from "../../src/operations/v1/put-identity-policy.ts";
import { setIdentityDkimEnabled } from "../../src/operations/v1/set-identity-dkim-enabled.ts";
import { setIdentityFeedbackForwardingEnabled } from "../../src/operations/v1/set-identity-feedback-forwarding-enabled.ts";
import { setIdentityHeadersInNotificationsEnabled } from "../../src/operations/v1/set-identity-headers-in-notifications-enabled.ts";
import { setIdentityMailFromDomain } from "../../src/operations/v1/set-identity-mail-from-domain.ts";
import { setIdentityNotificationTopic } from "../../src/operations/v1/set-identity-notification-topic.ts";
import { verifyDomainDkim } from "../../src/operations/v1/verify-domain-dkim.ts";
import { verifyDomainIdentity } from "../../src/operations/v1/verify-domain-identity.ts";
import { verifyEmailIdentity } from "../../src/operations/v1/verify-email-identity.ts";
import { callContext } from "./operation-call.ts";
import type { ScopeUnderTest } from "./three-scopes.ts";

/** A check of a topic. */
export type TopicCheck = Parameters<CheckIdentityTopic>[0];

type Kind = "Bounce" | "Complaint" | "Delivery";

/** `checked` gets each topic that is checked; a topic whose ARN ends with "gone" does not exist. */
export function v1IdentityCalls(
  { scope, database: scoped }: ScopeUnderTest,
  clock: () => Date,
  checked: (topic: TopicCheck) => void,
  proving: Proving,
) {
  const sealer = createSealer(Buffer.alloc(32, 1));
  const settings = createAccountSettings({ database: scoped, clock, proving });
  const services = { database: scoped, settings, sealer, clock, proving, verifier: undefined };
  const checkIdentityTopic: CheckIdentityTopic = async (topic) => {
    checked(topic);
    if (topic.arn.endsWith("gone")) throw errors.snsTopicNotFound(topic.arn);
  };
  const policies = { database: scoped, settings, scope, clock };
  const context = () => callContext(clock());
  const v2 = identityOperations(services);
  const notifications = { database: scoped, settings, scope, checkIdentityTopic };
  return {
    settings,
    verifyDomain: async (Domain: string) =>
      (await verifyDomainIdentity(services)({ Domain }, context())).VerificationToken,
    verifyDkim: async (Domain: string) => (await verifyDomainDkim(services)({ Domain }, context())).DkimTokens,
    verifyEmail: (EmailAddress: string) => verifyEmailIdentity(services)({ EmailAddress }),
    remove: (Identity: string) => deleteIdentity(services)({ Identity }, context()),
    removeAddress: (EmailAddress: string) => deleteVerifiedEmailAddress(services)({ EmailAddress }, context()),
    list: (input: Parameters<ReturnType<typeof listIdentities>>[0] = {}) => listIdentities(services)(input, context()),
    verifiedAddresses: async () => (await listVerifiedEmailAddresses(services)({}, context())).VerifiedEmailAddresses,
    verification: async (...Identities: string[]) =>
      (await getIdentityVerificationAttributes(services)({ Identities }, context())).VerificationAttributes,
    dkim: async (...Identities: string[]) =>
      (await getIdentityDkimAttributes(services)({ Identities }, context())).DkimAttributes,
    mailFrom: async (...Identities: string[]) =>
      (await getIdentityMailFromDomainAttributes(services)({ Identities }, context())).MailFromDomainAttributes,
    notifications: async (...Identities: string[]) =>
      (await getIdentityNotificationAttributes({ database: scoped, scope })({ Identities }, context()))
        .NotificationAttributes,
    sign: (Identity: string, DkimEnabled: boolean) =>
      setIdentityDkimEnabled(services)({ Identity, DkimEnabled }, context()),
    setMailFrom: (Identity: string, MailFromDomain?: string, BehaviorOnMXFailure?: "RejectMessage") =>
      setIdentityMailFromDomain(services)({ Identity, MailFromDomain, BehaviorOnMXFailure }, context()),
    setTopic: (Identity: string, NotificationType: Kind, SnsTopic?: string) =>
      setIdentityNotificationTopic(notifications)({ Identity, NotificationType, SnsTopic }, context()),
    setHeaders: (Identity: string, NotificationType: Kind, Enabled: boolean) =>
      setIdentityHeadersInNotificationsEnabled(services)({ Identity, NotificationType, Enabled }, context()),
    forward: (Identity: string, ForwardingEnabled: boolean) =>
      setIdentityFeedbackForwardingEnabled(services)({ Identity, ForwardingEnabled }, context()),
    putPolicy: (Identity: string, PolicyName: string, Policy: string) =>
      putIdentityPolicy(policies)({ Identity, PolicyName, Policy }, context()),
    deletePolicy: (Identity: string, PolicyName: string) =>
      deleteIdentityPolicy(policies)({ Identity, PolicyName }, context()),
    policies: async (Identity: string, ...PolicyNames: string[]) =>
      (await getIdentityPolicies(policies)({ Identity, PolicyNames }, context())).Policies,
    policyNames: async (Identity: string) =>
      (await listIdentityPolicies(policies)({ Identity }, context())).PolicyNames,
    get: (EmailIdentity: string) => v2.GetEmailIdentity({ EmailIdentity }, context()),
    create: (EmailIdentity: string) => v2.CreateEmailIdentity({ EmailIdentity }, context()),
    listed: async (status: "SUCCESS" | "PENDING" | "FAILED" | "TEMPORARY_FAILURE") => {
      const Filter = { VERIFICATION_STATUS: status };
      const { EmailIdentities = [] } = await v2.ListEmailIdentities({ Filter }, context());
      return EmailIdentities.map(({ IdentityName }) => IdentityName);
    },
  };
}
