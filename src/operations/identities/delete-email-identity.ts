import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteIdentity } from "../../stores/postgres/identities.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { deleteUnassociated } from "../tenants/delete-unassociated.ts";

/** DeleteEmailIdentity. An invalid identity name is "not found". An identity that tenants are associated with is kept. */
export function deleteEmailIdentity(
  services: SettingsServices & { database: ScopedDatabase },
): Handler<"DeleteEmailIdentity"> {
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const name = normalizeIdentityName(given)?.name;
    const deleted =
      name &&
      (await changeSettings(services.settings, "identities", () =>
        deleteUnassociated(services.database, { type: "identity", name }, (transaction) =>
          deleteIdentity(transaction, name),
        ),
      ));
    if (!deleted) throw errors.identityNotFound(given);
    return {};
  };
}
