import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import { deleteIdentity } from "../../stores/postgres/identities.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";

/** DeleteEmailIdentity. An invalid identity name is "not found". */
export function deleteEmailIdentity(services: SettingsServices): Handler<"DeleteEmailIdentity"> {
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const name = normalizeIdentityName(given)?.name;
    const deleted =
      name && (await changeSettings(services.settings, "identities", () => deleteIdentity(services.database, name)));
    if (!deleted) throw errors.identityNotFound(given);
    return {};
  };
}
