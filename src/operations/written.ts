/** The operations that have a handler: `createHandlers` must return just these, or it does not compile. */
import type { OperationName } from "../contract/types.ts";

/** The names of the operations that are written, in the order of the alphabet. */
export const writtenOperations = [
  "BatchGetMetricData",
  "CancelExportJob",
  "CreateConfigurationSet",
  "CreateEmailIdentity",
  "CreateEmailTemplate",
  "CreateExportJob",
  "DeleteConfigurationSet",
  "DeleteEmailIdentity",
  "DeleteEmailTemplate",
  "GetAccount",
  "GetConfigurationSet",
  "GetEmailIdentity",
  "GetEmailTemplate",
  "GetExportJob",
  "GetMessageInsights",
  "ListConfigurationSets",
  "ListEmailIdentities",
  "ListEmailTemplates",
  "ListExportJobs",
  "PutAccountSendingAttributes",
  "PutAccountVdmAttributes",
  "PutConfigurationSetSendingOptions",
  "PutConfigurationSetVdmOptions",
  "SendBulkEmail",
  "SendEmail",
  "TestRenderEmailTemplate",
  "UpdateEmailTemplate",
] as const satisfies readonly OperationName[];

/** The name of an operation that is written. */
export type WrittenOperation = (typeof writtenOperations)[number];
