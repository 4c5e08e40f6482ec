import type { Handler } from "../../contract/v1/types.ts";
import { type SendingStatusServices, setAccountSending } from "../account/sending-status.ts";

/** UpdateAccountSendingEnabled: enables or pauses the account's sending. If omitted, false, as the model says. */
export function updateAccountSendingEnabled(services: SendingStatusServices): Handler<"UpdateAccountSendingEnabled"> {
  return async (input, { now }) => {
    await setAccountSending(services, input.Enabled ?? false, now);
    return {};
  };
}
