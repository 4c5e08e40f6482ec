/** Settings of webhooks. */
import { optional, setting } from "./setting.ts";
import { oneOf, wholeNumber } from "./values.ts";

export const webhookSettings = {
  webhookPrivateDestinations: optional(
    "MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS",
    "Whether webhooks may post to private, loopback or link-local addresses: `refuse` or `allow`. With `refuse`, the port must also be 80, 443 or at least 1024. Unset: `refuse` if other machines can reach the server (see MAILGLASS_AUTH), otherwise `allow`.",
    oneOf("refuse", "allow"),
  ),
  webhookConnections: setting(
    "MAILGLASS_WEBHOOK_CONNECTIONS",
    "The most events that this process posts to one webhook at a time.",
    "16",
    wholeNumber(1, 1_000),
  ),
  webhookDisableDays: setting(
    "MAILGLASS_WEBHOOK_DISABLE_DAYS",
    "After how many days in which every try failed a webhook is disabled. 0: never.",
    "5",
    wholeNumber(0, 365),
  ),
};
