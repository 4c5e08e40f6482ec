import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { updateIdentity } from "../../stores/postgres/identities.ts";
import { changeSettings } from "../account/settings.ts";
import type { IdentityServices } from "./identity-services.ts";

type FeedbackServices = Pick<IdentityServices, "database" | "settings">;

/** PutEmailIdentityFeedbackAttributes: whether bounces and complaints are forwarded by mail. If omitted, false. */
export function putEmailIdentityFeedbackAttributes(
  services: FeedbackServices,
): Handler<"PutEmailIdentityFeedbackAttributes"> {
  return async (input) => {
    await setFeedbackForwarding(services, input.EmailIdentity ?? "", input.EmailForwardingEnabled ?? false);
    return {};
  };
}

/** Enables or disables feedback forwarding. Throws a bad request if there is no such identity. */
export async function setFeedbackForwarding(
  { database, settings }: FeedbackServices,
  given: string,
  feedbackForwarding: boolean,
): Promise<void> {
  const name = normalizeIdentityName(given)?.name;
  const change = { feedbackForwarding };
  const found = name && (await changeSettings(settings, "identities", () => updateIdentity(database, name, change)));
  if (!found) throw errors.feedbackIdentity(given);
}
