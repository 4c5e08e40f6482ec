/** The operations that have a handler: `createHandlers` must return just these, or it does not compile. */
import type { OperationName } from "../contract/types.ts";

/** The names of the operations that are written, in the order of the alphabet. */
export const writtenOperations = [
  "BatchGetMetricData",
  "CancelExportJob",
  "CreateConfigurationSet",
  "CreateContact",
  "CreateContactList",
  "CreateEmailIdentity",
  "CreateEmailTemplate",
  "CreateExportJob",
  "DeleteConfigurationSet",
  "DeleteContact",
  "DeleteContactList",
  "DeleteEmailIdentity",
  "DeleteEmailTemplate",
  "GetAccount",
  "GetConfigurationSet",
  "GetContact",
  "GetContactList",
  "GetEmailIdentity",
  "GetEmailTemplate",
  "GetExportJob",
  "GetMessageInsights",
  "ListConfigurationSets",
  "ListContactLists",
  "ListContacts",
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
  "UpdateContact",
  "UpdateContactList",
  "UpdateEmailTemplate",
] as const satisfies readonly OperationName[];

/** The name of an operation that is written. */
export type WrittenOperation = (typeof writtenOperations)[number];
