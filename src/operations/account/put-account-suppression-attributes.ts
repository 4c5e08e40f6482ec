import type { Handler } from "../../contract/types.ts";
import { updateAccountSuppression } from "../../stores/postgres/account.ts";
import { readReasons } from "../suppression/suppression-options.ts";
import type { SettingsServices } from "./settings.ts";
import { changeSettings } from "./settings.ts";

/**
 * PutAccountSuppressionAttributes: replaces them. Without reasons, no mail is suppressed and no address is added to the
 * list.
 */
export function putAccountSuppressionAttributes(
  services: SettingsServices,
): Handler<"PutAccountSuppressionAttributes"> {
  return async ({ SuppressedReasons: reasons, ValidationAttributes: validation }) => {
    await changeSettings(services.settings, "account", () =>
      updateAccountSuppression(services.database, readReasons(reasons) ?? [], validation),
    );
    return {};
  };
}
