import type { Recommendation } from "@aws-sdk/client-sesv2";
import { severe } from "../../alerts/alert.ts";
import { refuse, violations } from "../../contract/constraints.ts";
import { errors } from "../../contract/errors.ts";
import type { Handler, Input } from "../../contract/types.ts";
import { normalizeIdentityName } from "../../identities/identity-name.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import {
  type ListedRecommendation,
  type RecommendationFilter,
  type RecommendationPage,
  selectRecommendations,
} from "../../stores/postgres/recommendations.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { readPage } from "../read-page.ts";
import { maxPageSize, pageStart, pageViolations } from "../tenants/paging.ts";

export interface RecommendationServices {
  database: ScopedDatabase;
  scope: Scope;
  vdmEnabled: () => Promise<boolean>;
}

const types = ["DKIM", "DMARC", "SPF", "BIMI", "COMPLAINT", "BOUNCE", "FEEDBACK_3P", "IP_LISTING"] as const;
const statuses = ["OPEN", "FIXED"] as const;
const impacts = ["LOW", "HIGH"] as const;
/** SES's model: a single filter, or STATUS with one of these. */
const besideStatus: readonly string[] = ["IMPACT", "TYPE"];

/**
 * ListRecommendations: the newest first. Pages and tokens are as in the lists of tenants; those of SES were not observed.
 * A token is valid for the same filter only.
 */
export function listRecommendations({
  database,
  scope,
  vdmEnabled,
}: RecommendationServices): Handler<"ListRecommendations"> {
  return async (input) => {
    refuse([...violations("ListRecommendations", input), ...pageViolations(input)]);
    if (!(await vdmEnabled())) throw errors.vdmDisabled();
    const filter = readFilter(scope, input.Filter ?? {});
    const kind = `recommendations ${JSON.stringify([scope.id, filter ?? null])}`;
    const after = readPosition(pageStart(kind, input.NextToken));
    if (filter === undefined) return { Recommendations: [] };
    const { page, NextToken } = await readPage(
      kind,
      input.PageSize ?? maxPageSize,
      (limit) =>
        selectRecommendations(database, {
          ...filter,
          after,
          limit,
          severe: { bounces: severe["bounce-rate"], complaints: severe["complaint-rate"] },
        }),
      ({ openedAt, id }) => `${openedAt.getTime()} ${id}`,
    );
    return { Recommendations: page.map((one) => describe(scope, one)), NextToken };
  };
}

/** Throws a bad request for a forged position. */
function readPosition(position: string | undefined): RecommendationPage["after"] {
  if (position === undefined) return undefined;
  const [, at, id] = /^(\d{1,15}) ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/.exec(position) ?? [];
  if (at === undefined || id === undefined) throw errors.tenantToken();
  return { openedAt: new Date(Number(at)), id };
}

/**
 * The filter; undefined if no recommendation can match it. Throws a bad request for an unknown value, and for filters
 * that SES doesn't combine.
 */
function readFilter(
  scope: Scope,
  given: NonNullable<Input<"ListRecommendations">["Filter"]>,
): RecommendationFilter | undefined {
  const keys = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (keys.length > 1 && !(keys.includes("STATUS") && keys.some((key) => besideStatus.includes(key)))) {
    throw errors.recommendationFilters();
  }
  const filter = {
    type: oneOf(types, "TYPE", given.TYPE),
    impact: oneOf(impacts, "IMPACT", given.IMPACT),
    status: oneOf(statuses, "STATUS", given.STATUS),
  };
  if (given.RESOURCE_ARN === undefined) return filter;
  const resource = readArn(scope, given.RESOURCE_ARN);
  return resource && { ...filter, resource };
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

const arnBegin = ({ accountId, region }: Scope) => `arn:aws:ses:${region}:${accountId}:`;

/** The type and name of a resource of the scope; undefined for any other text. Names are ASCII. */
function readArn(scope: Scope, arn: string): RecommendationFilter["resource"] {
  const begin = arnBegin(scope);
  const [, type, name] = /^([a-z-]+)\/([ -~]+)$/.exec(arn.startsWith(begin) ? arn.slice(begin.length) : "") ?? [];
  if (type === undefined || name === undefined) return undefined;
  return { type, name: type === "identity" ? (normalizeIdentityName(name)?.name ?? name) : name };
}

function describe(scope: Scope, one: ListedRecommendation): Recommendation {
  const { resourceType, resource, type, description, impact, openedAt, updatedAt, fixedAt } = one;
  return {
    ResourceArn: resource === null ? undefined : `${arnBegin(scope)}${resourceType}/${resource}`,
    Type: type,
    Description: description,
    Status: fixedAt === null ? "OPEN" : "FIXED",
    CreatedTimestamp: openedAt,
    LastUpdatedTimestamp: updatedAt,
    Impact: impact,
  };
}
