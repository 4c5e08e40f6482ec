/** The identities that a call asks about. */
import { v1Errors } from "../../contract/v1/errors.ts";
import { nearestNames } from "../../identities/identity-name.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { type EmailIdentity, selectNearestIdentities } from "../../stores/postgres/identities.ts";

/** The most names of a call. */
const mostNames = 100;

/**
 * Checks the number of names in a call.
 * @returns the names
 * @throws a ValidationError for more than 100
 */
export function askedNames(given: readonly string[] | undefined): readonly string[] {
  const names = given ?? [];
  if (names.length <= mostNames) return names;
  throw v1Errors.constraints([
    `Value at 'identities' failed to satisfy constraint: Member must have length less than or equal to ${mostNames}`,
  ]);
}

/** An identity that was asked about. */
export interface AskedIdentity {
  /** The name as it was given. */
  readonly given: string;
  readonly identity: EmailIdentity;
  /** The nearest domain above it that is an identity too. */
  readonly above: EmailIdentity | undefined;
}

/** The identities that a call asks about. As in SES, unknown and invalid names are left out. */
export async function askedIdentities(
  database: ScopedQueryable,
  given: readonly string[] | undefined,
): Promise<AskedIdentity[]> {
  const asked = [...new Set(askedNames(given))].map((name) => ({ given: name, nearest: nearestNames(name) }));
  const names = [...new Set(asked.flatMap(({ nearest }) => nearest))];
  const found = names.length === 0 ? [] : await selectNearestIdentities(database, names);
  const byName = new Map(found.map((identity) => [identity.name, identity]));
  return asked.flatMap(({ given: name, nearest: [own = "", ...domains] }) => {
    const identity = byName.get(own);
    const above = domains.map((domain) => byName.get(domain)).find((one) => one !== undefined);
    return identity === undefined ? [] : [{ given: name, identity, above }];
  });
}
