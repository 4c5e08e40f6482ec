import type { OperationName } from "../../contract/types.ts";
import type { WrittenV1Operation } from "./written.ts";

/** The operations of v2 that do the same, or about the same: access keys need the rights of these. */
export const v2Counterparts = {
  DeleteIdentity: "DeleteEmailIdentity",
  DeleteIdentityPolicy: "DeleteEmailIdentityPolicy",
  DeleteVerifiedEmailAddress: "DeleteEmailIdentity",
  GetAccountSendingEnabled: "GetAccount",
  GetIdentityDkimAttributes: "GetEmailIdentity",
  GetIdentityMailFromDomainAttributes: "GetEmailIdentity",
  GetIdentityNotificationAttributes: "GetEmailIdentity",
  GetIdentityPolicies: "GetEmailIdentityPolicies",
  GetIdentityVerificationAttributes: "GetEmailIdentity",
  GetSendQuota: "GetAccount",
  GetSendStatistics: "BatchGetMetricData",
  ListIdentities: "ListEmailIdentities",
  ListIdentityPolicies: "GetEmailIdentityPolicies",
  ListVerifiedEmailAddresses: "ListEmailIdentities",
  PutIdentityPolicy: "UpdateEmailIdentityPolicy",
  SendEmail: "SendEmail",
  SendRawEmail: "SendEmail",
  SetIdentityDkimEnabled: "PutEmailIdentityDkimAttributes",
  SetIdentityFeedbackForwardingEnabled: "PutEmailIdentityFeedbackAttributes",
  SetIdentityHeadersInNotificationsEnabled: "PutEmailIdentityFeedbackAttributes",
  SetIdentityMailFromDomain: "PutEmailIdentityMailFromAttributes",
  SetIdentityNotificationTopic: "PutEmailIdentityFeedbackAttributes",
  UpdateAccountSendingEnabled: "PutAccountSendingAttributes",
  VerifyDomainDkim: "CreateEmailIdentity",
  VerifyDomainIdentity: "CreateEmailIdentity",
  VerifyEmailAddress: "CreateEmailIdentity",
  VerifyEmailIdentity: "CreateEmailIdentity",
} as const satisfies Readonly<Record<WrittenV1Operation, OperationName>>;
