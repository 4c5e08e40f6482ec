import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { deleteIdentity } from "../../stores/postgres/identities.ts";
import { hasCertificates } from "../../stores/postgres/identity-certificates.ts";
import type { SettingsServices } from "../account/settings.ts";
import { changeSettings } from "../account/settings.ts";
import { arnOf, deleteUnassociated } from "../tenants/delete-unassociated.ts";

type DeletionServices = SettingsServices & { database: ScopedDatabase };

/**
 * DeleteEmailIdentity. An invalid identity name is "not found". An identity that tenants or certificates are associated
 * with is kept.
 */
export function deleteEmailIdentity(services: DeletionServices): Handler<"DeleteEmailIdentity"> {
  return async (input) => {
    const given = input.EmailIdentity ?? "";
    const name = normalizeIdentityName(given)?.name;
    if (name === undefined || !(await removeIdentity(services, name))) throw errors.identityNotFound(given);
    return {};
  };
}

/**
 * Deletes an identity by its canonical name; false if there is none. Throws a bad request if tenants or certificates are
 * associated with it.
 */
export function removeIdentity({ database, settings }: DeletionServices, name: string): Promise<boolean> {
  const identity = { type: "identity", name } as const;
  return changeSettings(settings, "identities", () =>
    deleteUnassociated(database, identity, async (transaction) => {
      if (await hasCertificates(transaction, name)) throw errors.hasCertificates(await arnOf(transaction, identity));
      return deleteIdentity(transaction, name);
    }),
  );
}
