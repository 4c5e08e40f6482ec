import type { Handler } from "../../contract/types.ts";
import { updateAccountSending } from "../../stores/postgres/account.ts";
import { type SendingStatusServices, statusEvent } from "./sending-status.ts";
import { changeSettings } from "./settings.ts";

/** PutAccountSendingAttributes: enables or pauses the account's sending. If omitted, false: the model's default. */
export function putAccountSendingAttributes(services: SendingStatusServices): Handler<"PutAccountSendingAttributes"> {
  return async (input, { now }) => {
    const enabled = input.SendingEnabled ?? false;
    const events = await services.accountEvents();
    await changeSettings(services.settings, "account", () =>
      services.database.transaction(async (transaction) => {
        const changed = await updateAccountSending(transaction, enabled);
        if (changed) await events.write(transaction, [statusEvent(enabled, now)], now);
      }),
    );
    return {};
  };
}
