/** Creates the handlers of all implemented operations of SES v1, over the state that v2 has. */
import type { Handler } from "../../contract/v1/types.ts";
import type { OperationServices } from "../handlers.ts";
import { getAccountSendingEnabled } from "./get-account-sending-enabled.ts";
import { getSendQuota } from "./get-send-quota.ts";
import { sendEmail } from "./send-email.ts";
import { sendRawEmail } from "./send-raw-email.ts";
import { updateAccountSendingEnabled } from "./update-account-sending-enabled.ts";
import type { WrittenV1Operation } from "./written.ts";

export type V1Services = Pick<OperationServices, "accountEvents" | "config" | "sending" | "settings" | "stores">;

export function v1Operations({ accountEvents, config, sending, settings, stores }: V1Services): V1Handlers {
  const { database } = stores;
  return {
    GetAccountSendingEnabled: getAccountSendingEnabled(database),
    GetSendQuota: getSendQuota({ database, config }),
    SendEmail: sendEmail(sending),
    SendRawEmail: sendRawEmail(sending),
    UpdateAccountSendingEnabled: updateAccountSendingEnabled({ database, settings, accountEvents }),
  };
}

type V1Handlers = { readonly [Name in WrittenV1Operation]: Handler<Name> };
