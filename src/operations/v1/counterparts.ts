import type { OperationName } from "../../contract/types.ts";
import type { WrittenV1Operation } from "./written.ts";

/** The operations of v2 that do the same: access keys need the rights of these. */
export const v2Counterparts = {
  GetAccountSendingEnabled: "GetAccount",
  GetSendQuota: "GetAccount",
  SendEmail: "SendEmail",
  SendRawEmail: "SendEmail",
  UpdateAccountSendingEnabled: "PutAccountSendingAttributes",
} as const satisfies Readonly<Record<WrittenV1Operation, OperationName>>;
