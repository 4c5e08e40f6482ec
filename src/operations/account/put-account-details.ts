import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { updateAccountDetails } from "../../stores/postgres/account.ts";
import { changeSettings, type SettingsServices } from "./settings.ts";

/**
 * PutAccountDetails: replaces the details. There is nobody to review them, so they are granted at once. The model's
 * constraints have been checked before, all together.
 */
export function putAccountDetails({ database, settings }: SettingsServices): Handler<"PutAccountDetails"> {
  return async (input) => {
    const { MailType, WebsiteURL = "", ContactLanguage, UseCaseDescription, AdditionalContactEmailAddresses } = input;
    if (!isWebsite(WebsiteURL)) throw errors.websiteUrlInvalid();
    if (input.ProductionAccessEnabled === false) throw errors.sandboxUnavailable();
    const details = {
      ...{ MailType, WebsiteURL, ContactLanguage, UseCaseDescription, AdditionalContactEmailAddresses },
      ReviewDetails: { Status: "GRANTED" },
    } as const;
    await changeSettings(settings, "account", () => updateAccountDetails(database, details));
    return {};
  };
}

/** Which URLs SES takes is unknown, as nearly every text matches its pattern. */
function isWebsite(text: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text);
}
