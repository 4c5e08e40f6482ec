/** What operations that pause and resume sending share. */
import type { PublishingFeed } from "../../publishing/publishing-feed.ts";
import type { SendingStatusEvent } from "../../publishing/ses-event/render-account-event.ts";
import { updateAccountSending } from "../../stores/postgres/account.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { type AccountSettings, changeSettings } from "./settings.ts";

export interface SendingStatusServices {
  database: ScopedDatabase;
  settings: AccountSettings;
  accountEvents: PublishingFeed["accountEvents"];
}

/** The event of a change of the account's sending, or of a configuration set's. */
export function statusEvent(enabled: boolean, at: Date, configurationSet?: string): SendingStatusEvent {
  return {
    type: enabled ? "SENDING_RESUMED" : "SENDING_PAUSED",
    at,
    // SES's words (facts 2.3).
    cause: "Status manually updated.",
    by: "user",
    configurationSet,
  };
}

/** Enables or pauses the account's sending, and tells it as an event if that is a change. */
export async function setAccountSending(services: SendingStatusServices, enabled: boolean, now: Date): Promise<void> {
  const events = await services.accountEvents();
  await changeSettings(services.settings, "account", () =>
    services.database.transaction(async (transaction) => {
      const changed = await updateAccountSending(transaction, enabled);
      if (changed) await events.write(transaction, [statusEvent(enabled, now)], now);
    }),
  );
}
