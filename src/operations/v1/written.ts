/** The implemented operations of SES v1: `v1Operations` does not compile unless it returns exactly these. */
import type { OperationName } from "../../contract/v1/types.ts";

/** The names of the implemented operations, in alphabetical order. */
export const writtenV1Operations = [
  "DeleteIdentity",
  "DeleteIdentityPolicy",
  "DeleteVerifiedEmailAddress",
  "GetAccountSendingEnabled",
  "GetIdentityDkimAttributes",
  "GetIdentityMailFromDomainAttributes",
  "GetIdentityNotificationAttributes",
  "GetIdentityPolicies",
  "GetIdentityVerificationAttributes",
  "GetSendQuota",
  "GetSendStatistics",
  "ListIdentities",
  "ListIdentityPolicies",
  "ListVerifiedEmailAddresses",
  "PutIdentityPolicy",
  "SendEmail",
  "SendRawEmail",
  "SetIdentityDkimEnabled",
  "SetIdentityFeedbackForwardingEnabled",
  "SetIdentityHeadersInNotificationsEnabled",
  "SetIdentityMailFromDomain",
  "SetIdentityNotificationTopic",
  "UpdateAccountSendingEnabled",
  "VerifyDomainDkim",
  "VerifyDomainIdentity",
  "VerifyEmailAddress",
  "VerifyEmailIdentity",
] as const satisfies readonly OperationName[];

export type WrittenV1Operation = (typeof writtenV1Operations)[number];
