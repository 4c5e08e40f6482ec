/** Finds event types that have never arrived from a mirrored account. */
import type { Scopes } from "../accounts/scopes.ts";
import type { CountedType, TypesNotSent } from "../admin-api/overview.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { selectMirrorTypes } from "../stores/postgres/mirror-types.ts";

const countedTypes: readonly CountedType[] = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "OPEN", "CLICK"];

/**
 * The accounts and regions for which some types have never arrived from any source, with those types.
 * @param only the ID of a scope; undefined for all
 */
export async function typesNotSent(
  { database, scopeById }: { database: Queryable; scopeById: Scopes["byId"] },
  only: number | undefined,
): Promise<TypesNotSent[]> {
  const seen = Map.groupBy(await selectMirrorTypes(database), ({ scope }) => scope);
  const lacking: TypesNotSent[] = [];
  for (const [scope, rows] of seen) {
    if (only !== undefined && scope !== only) continue;
    const types = countedTypes.filter((type) => rows.every((row) => row.type !== type));
    if (types.length === 0) continue;
    const { accountId: account, region } = await scopeById(scope);
    lacking.push({ account, region, types });
  }
  return lacking;
}
