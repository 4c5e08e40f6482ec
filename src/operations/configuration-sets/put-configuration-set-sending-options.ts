import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateConfigurationSetSending } from "../../stores/postgres/configuration-sets.ts";
import { type SendingStatusServices, statusEvent } from "../account/sending-status.ts";
import { changeSettings } from "../account/settings.ts";
import { checkConfigurationSetName } from "./configuration-set-name.ts";

/** PutConfigurationSetSendingOptions. If omitted, false: an empty request pauses sending, as observed in SES. */
export function putConfigurationSetSendingOptions(
  services: SendingStatusServices,
): Handler<"PutConfigurationSetSendingOptions"> {
  return async (input, { now }) => {
    const name = checkConfigurationSetName(input.ConfigurationSetName);
    const enabled = input.SendingEnabled ?? false;
    const events = await services.accountEvents();
    const outcome = await changeSettings(services.settings, "configurationSets", () =>
      services.database.transaction(async (transaction) => {
        const found = await updateConfigurationSetSending(transaction, name, enabled);
        if (found === "changed") await events.write(transaction, [statusEvent(enabled, now, name)], now);
        return found;
      }),
    );
    if (outcome === "missing") throw errors.configurationSetNotFound(name);
    return {};
  };
}
