import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { type EmailIdentity, selectIdentity } from "../../stores/postgres/identities.ts";

/** The identity with the given name; undefined if there is none or the name is invalid. */
export async function findIdentity(
  database: ScopedQueryable,
  given: string | undefined,
): Promise<EmailIdentity | undefined> {
  const name = normalizeIdentityName(given ?? "")?.name;
  return name === undefined ? undefined : selectIdentity(database, name);
}
