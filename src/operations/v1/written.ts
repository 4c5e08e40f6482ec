/** The implemented operations of SES v1: `v1Operations` does not compile unless it returns exactly these. */
import type { OperationName } from "../../contract/v1/types.ts";

/** The names of the implemented operations, in alphabetical order. */
export const writtenV1Operations = [
  "GetAccountSendingEnabled",
  "GetSendQuota",
  "SendEmail",
  "SendRawEmail",
  "UpdateAccountSendingEnabled",
] as const satisfies readonly OperationName[];

export type WrittenV1Operation = (typeof writtenV1Operations)[number];
