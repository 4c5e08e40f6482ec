import type { Handler } from "../../contract/types.ts";
import { updateAccountSending } from "../../stores/postgres/account.ts";
import type { SettingsServices } from "./settings.ts";
import { changeSettings } from "./settings.ts";

/** PutAccountSendingAttributes: enables or pauses the account's sending. If omitted, false: the model's default. */
export function putAccountSendingAttributes(services: SettingsServices): Handler<"PutAccountSendingAttributes"> {
  return async (input) => {
    await changeSettings(services.settings, "account", () =>
      updateAccountSending(services.database, input.SendingEnabled ?? false),
    );
    return {};
  };
}
