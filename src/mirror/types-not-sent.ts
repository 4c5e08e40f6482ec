/** Which types of events the mirror has never brought of the accounts that it mirrors. */
import type { Scopes } from "../accounts/scopes.ts";
import type { CountedType, TypesNotSent } from "../admin-api/overview.ts";
import type { Queryable } from "../stores/postgres/database.ts";
import { selectMirrorTypes } from "../stores/postgres/mirror-types.ts";

const countedTypes: readonly CountedType[] = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "OPEN", "CLICK"];

/**
 * The accounts and regions of which some types have never come from any source, with those types.
 * @param only the ID of the account in a region to tell about; undefined for all
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
