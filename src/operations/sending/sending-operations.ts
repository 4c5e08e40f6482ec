import type { Handlers } from "../../contract/types.ts";
import { sendBulkEmail } from "./send-bulk-email.ts";
import { sendEmail } from "./send-email.ts";
import type { SendingServices } from "./sending-services.ts";

export function sendingOperations(services: SendingServices) {
  return {
    SendBulkEmail: sendBulkEmail(services),
    SendEmail: sendEmail(services),
  } satisfies Handlers;
}
