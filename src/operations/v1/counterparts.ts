import type { OperationName } from "../../contract/types.ts";
import type { WrittenV1Operation } from "./written.ts";

/** The operations of v2 that do the same: access keys need the rights of these. */
export const v2Counterparts = {
  CreateConfigurationSet: "CreateConfigurationSet",
  CreateConfigurationSetEventDestination: "CreateConfigurationSetEventDestination",
  CreateConfigurationSetTrackingOptions: "PutConfigurationSetTrackingOptions",
  CreateTemplate: "CreateEmailTemplate",
  DeleteConfigurationSet: "DeleteConfigurationSet",
  DeleteConfigurationSetEventDestination: "DeleteConfigurationSetEventDestination",
  DeleteConfigurationSetTrackingOptions: "PutConfigurationSetTrackingOptions",
  DeleteTemplate: "DeleteEmailTemplate",
  DescribeConfigurationSet: "GetConfigurationSet",
  GetAccountSendingEnabled: "GetAccount",
  GetSendQuota: "GetAccount",
  GetTemplate: "GetEmailTemplate",
  ListConfigurationSets: "ListConfigurationSets",
  ListTemplates: "ListEmailTemplates",
  PutConfigurationSetDeliveryOptions: "PutConfigurationSetDeliveryOptions",
  SendBulkTemplatedEmail: "SendBulkEmail",
  SendEmail: "SendEmail",
  SendRawEmail: "SendEmail",
  SendTemplatedEmail: "SendEmail",
  TestRenderTemplate: "TestRenderEmailTemplate",
  UpdateAccountSendingEnabled: "PutAccountSendingAttributes",
  UpdateConfigurationSetEventDestination: "UpdateConfigurationSetEventDestination",
  UpdateConfigurationSetReputationMetricsEnabled: "PutConfigurationSetReputationOptions",
  UpdateConfigurationSetSendingEnabled: "PutConfigurationSetSendingOptions",
  UpdateConfigurationSetTrackingOptions: "PutConfigurationSetTrackingOptions",
  UpdateTemplate: "UpdateEmailTemplate",
} as const satisfies Readonly<Record<WrittenV1Operation, OperationName>>;
