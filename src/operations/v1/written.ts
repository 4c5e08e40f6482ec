/** The implemented operations of SES v1: `v1Operations` does not compile unless it returns exactly these. */
import type { OperationName } from "../../contract/v1/types.ts";

/** The names of the implemented operations, in alphabetical order. */
export const writtenV1Operations = [
  "CreateConfigurationSet",
  "CreateConfigurationSetEventDestination",
  "CreateConfigurationSetTrackingOptions",
  "CreateTemplate",
  "DeleteConfigurationSet",
  "DeleteConfigurationSetEventDestination",
  "DeleteConfigurationSetTrackingOptions",
  "DeleteTemplate",
  "DescribeConfigurationSet",
  "GetAccountSendingEnabled",
  "GetSendQuota",
  "GetTemplate",
  "ListConfigurationSets",
  "ListTemplates",
  "PutConfigurationSetDeliveryOptions",
  "SendBulkTemplatedEmail",
  "SendEmail",
  "SendRawEmail",
  "SendTemplatedEmail",
  "TestRenderTemplate",
  "UpdateAccountSendingEnabled",
  "UpdateConfigurationSetEventDestination",
  "UpdateConfigurationSetReputationMetricsEnabled",
  "UpdateConfigurationSetSendingEnabled",
  "UpdateConfigurationSetTrackingOptions",
  "UpdateTemplate",
] as const satisfies readonly OperationName[];

export type WrittenV1Operation = (typeof writtenV1Operations)[number];
