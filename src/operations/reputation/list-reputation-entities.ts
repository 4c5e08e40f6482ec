import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { type ReputationPage, selectReputations } from "../../stores/postgres/tenant-reputations.ts";
import { readPage } from "../read-page.ts";
import { maxPageSize, pageStart, pageViolations } from "../tenants/paging.ts";
import { describeEntity } from "./entity-shape.ts";
import type { ReputationServices } from "./reputation-services.ts";
import { tenantArnBegin } from "./tenant-reference.ts";

type Filter = Pick<ReputationPage, "status" | "impact" | "prefix">;

const types = ["RESOURCE"] as const;
const statuses = ["ENABLED", "REINSTATED", "DISABLED"] as const;
const impacts = ["LOW", "HIGH"] as const;

/**
 * ListReputationEntities: the tenants, ordered by the bytes of their names. Pages and tokens are as in the lists of
 * tenants; those of SES were not observed. A token is valid for the same filter only.
 */
export function listReputationEntities({
  database,
  scope,
}: Pick<ReputationServices, "database" | "scope">): Handler<"ListReputationEntities"> {
  return async (input) => {
    refuse([...violations("ListReputationEntities", input), ...pageViolations(input)]);
    const filter = readFilter(scope, input.Filter ?? {});
    const kind = `reputation-entities ${JSON.stringify([scope.id, filter ?? null])}`;
    const after = pageStart(kind, input.NextToken) ?? "";
    if (filter === undefined) return { ReputationEntities: [] };
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) => selectReputations(database, { after, ...filter, limit }),
      ({ name }) => name,
    );
    return { ReputationEntities: page.map((tenant) => describeEntity(scope, tenant)), NextToken };
  };
}

/** The filter; undefined if no entity can match it. Throws a bad request for an unknown type, status or impact. */
function readFilter(scope: Scope, given: NonNullable<Input<"ListReputationEntities">["Filter"]>): Filter | undefined {
  oneOf(types, "ENTITY_TYPE", given.ENTITY_TYPE);
  const status = oneOf(statuses, "SENDING_STATUS", given.SENDING_STATUS);
  const impact = oneOf(impacts, "REPUTATION_IMPACT", given.REPUTATION_IMPACT);
  const { ENTITY_REFERENCE_PREFIX: reference = "" } = given;
  const begin = tenantArnBegin(scope);
  if (begin.startsWith(reference)) return { status, impact, prefix: "" };
  const prefix = reference.slice(begin.length);
  // ARNs are ASCII; the database rejects some other characters, such as NUL.
  return reference.startsWith(begin) && /^[ -~]*$/.test(prefix) ? { status, impact, prefix } : undefined;
}

function oneOf<Value extends string>(
  values: readonly Value[],
  key: string,
  given: string | undefined,
): Value | undefined {
  const known = values.find((value) => value === given);
  if (given !== undefined && known === undefined) throw errors.filterValue(key, given);
  return known;
}
