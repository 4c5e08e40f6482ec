import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { updateIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityServices } from "./identity-services.ts";

/** PutEmailIdentityFeedbackAttributes: whether bounces and complaints are forwarded by mail. If omitted, false. */
export function putEmailIdentityFeedbackAttributes(
  services: Pick<IdentityServices, "database" | "settings">,
): Handler<"PutEmailIdentityFeedbackAttributes"> {
  const { database, settings } = services;
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const name = normalizeIdentityName(given)?.name;
    const change = { feedbackForwarding: input.EmailForwardingEnabled ?? false };
    const found = name && (await changeSettings(settings, "identities", () => updateIdentity(database, name, change)));
    if (!found) throw errors.feedbackIdentity(given);
    return {};
  };
}
