import type { Handler } from "../../contract/types.ts";
import { type SendingStatusServices, setAccountSending } from "./sending-status.ts";

/** PutAccountSendingAttributes: enables or pauses the account's sending. If omitted, false: the model's default. */
export function putAccountSendingAttributes(services: SendingStatusServices): Handler<"PutAccountSendingAttributes"> {
  return async (input, { now }) => {
    await setAccountSending(services, input.SendingEnabled ?? false, now);
    return {};
  };
}
