/** The table recommendations: its migration describes the columns. ListRecommendations also lists alerts about rates. */
import type { Queryable, ScopedQueryable } from "./database.ts";

export type RecommendationImpact = "LOW" | "HIGH";
/** The types that have rows in the table. */
export type CheckedType = "DKIM" | "SPF" | "DMARC" | "BIMI" | "IP_LISTING";

/** Something that a check found. */
export interface RecommendationFinding {
  readonly type: CheckedType;
  /** Identifies it among those of the same domain and type. */
  readonly finding: string;
  readonly impact: RecommendationImpact;
  /** A sentence. */
  readonly description: string;
}

/** A row that is not fixed. */
export interface OpenRecommendation extends RecommendationFinding {
  readonly id: string;
  readonly openedAt: Date;
}

/** The open recommendations of a domain, or with `identity` null those about addresses of the server. */
export async function selectOpenRecommendations(
  database: ScopedQueryable,
  identity: string | null,
): Promise<OpenRecommendation[]> {
  return database.query(
    `SELECT id, type, finding, impact, description, opened_at AS "openedAt" FROM recommendations
     WHERE scope = $1 AND coalesce(identity, '') = coalesce($2::text, '') AND fixed_at IS NULL ORDER BY opened_at, id`,
    [database.scope, identity],
  );
}

/** The scopes that have open recommendations about addresses. */
export async function selectScopesWithOpenListings(database: Queryable): Promise<number[]> {
  const rows = await database.query<{ scope: number }>(
    "SELECT DISTINCT scope FROM recommendations WHERE identity IS NULL AND fixed_at IS NULL",
  );
  return rows.map(({ scope }) => scope);
}

/** Adds a recommendation, unless the same one is open; resolves to whether it was added. */
export async function insertRecommendation(
  database: ScopedQueryable,
  { id, type, finding, impact, description, openedAt }: OpenRecommendation,
  identity: string | null,
): Promise<boolean> {
  const added = await database.query(
    `INSERT INTO recommendations (id, scope, identity, type, finding, impact, description, opened_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT DO NOTHING RETURNING id`,
    [id, database.scope, identity, type, finding, impact, description, openedAt],
  );
  return added.length > 0;
}

/** Notes that open recommendations were found again, with their impacts and descriptions as they are now. */
export async function renewRecommendations(
  database: ScopedQueryable,
  found: readonly Pick<OpenRecommendation, "id" | "impact" | "description">[],
  now: Date,
): Promise<void> {
  if (found.length === 0) return;
  await database.query(
    `UPDATE recommendations AS r SET impact = f.impact, description = f.description, updated_at = $5
     FROM unnest($2::uuid[], $3::text[], $4::text[]) AS f (id, impact, description)
     WHERE r.scope = $1 AND r.id = f.id AND r.fixed_at IS NULL`,
    [
      database.scope,
      found.map(({ id }) => id),
      found.map(({ impact }) => impact),
      found.map(({ description }) => description),
      now,
    ],
  );
}

/** Marks a recommendation as fixed; false if it is not open any more. */
export async function fixRecommendation(database: ScopedQueryable, id: string, now: Date): Promise<boolean> {
  const fixed = await database.query(
    `UPDATE recommendations SET fixed_at = $3, updated_at = $3
     WHERE scope = $1 AND id = $2::uuid AND fixed_at IS NULL RETURNING id`,
    [database.scope, id, now],
  );
  return fixed.length > 0;
}

/** Deletes the recommendations of all scopes that were fixed before the given time. */
export async function deleteFixedRecommendations(database: Queryable, before: Date): Promise<void> {
  await database.query("DELETE FROM recommendations WHERE fixed_at < $1", [before]);
}

/** A recommendation as it is listed. */
export interface ListedRecommendation {
  readonly id: string;
  /** What it is about; null for an address of the server. */
  readonly resourceType: "identity" | "configuration-set" | "tenant" | null;
  /** Its name; of a tenant, its name and ID as in its ARN. Null if there is no such tenant any more. */
  readonly resource: string | null;
  readonly type: CheckedType | "BOUNCE" | "COMPLAINT";
  readonly impact: RecommendationImpact;
  readonly description: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly fixedAt: Date | null;
}

/** Which recommendations to list. Undefined for all. */
export interface RecommendationFilter {
  readonly type?: string | undefined;
  readonly impact?: RecommendationImpact | undefined;
  readonly status?: "OPEN" | "FIXED" | undefined;
  readonly resource?: { readonly type: string; readonly name: string } | undefined;
}

export interface RecommendationPage extends RecommendationFilter {
  /** The last one of the page before; undefined for the first page. */
  readonly after: { readonly openedAt: Date; readonly id: string } | undefined;
  readonly limit: number;
  /** The rates, as fractions, above which an alert has a high impact. */
  readonly severe: { readonly bounces: number; readonly complaints: number };
}

/** The recommendations of a scope and its alerts about rates, the newest first. */
export async function selectRecommendations(
  database: ScopedQueryable,
  { type, impact, status, resource, after, limit, severe }: RecommendationPage,
): Promise<ListedRecommendation[]> {
  return database.query(
    `SELECT * FROM (
       SELECT id, CASE WHEN identity IS NOT NULL THEN 'identity' END AS "resourceType", identity AS resource, type,
         impact, description, opened_at AS "openedAt", updated_at AS "updatedAt", fixed_at AS "fixedAt"
       FROM recommendations WHERE scope = $1
       UNION ALL
       SELECT a.id, a.subject_type, CASE WHEN a.subject_type = 'tenant' THEN t.name || '/' || t.id ELSE a.subject END,
         CASE a.kind WHEN 'bounce-rate' THEN 'BOUNCE' ELSE 'COMPLAINT' END,
         CASE WHEN (a.details::jsonb ->> 'rate')::float8
           > CASE a.kind WHEN 'bounce-rate' THEN $2::float8 ELSE $3::float8 END THEN 'HIGH' ELSE 'LOW' END,
         a.text, a.opened_at, coalesce(a.closed_at, (a.details::jsonb ->> 'measuredAt')::timestamptz), a.closed_at
       FROM alerts AS a LEFT JOIN tenants AS t ON a.subject_type = 'tenant' AND t.scope = a.scope AND t.name = a.subject
       WHERE a.scope = $1 AND a.kind IN ('bounce-rate', 'complaint-rate') AND a.opened_at IS NOT NULL
     ) AS listed
     WHERE ($4::text IS NULL OR type = $4) AND ($5::text IS NULL OR impact = $5)
       AND ($6::text IS NULL OR ("fixedAt" IS NULL) = ($6 = 'OPEN'))
       AND ($7::text IS NULL OR ("resourceType" = $7 AND resource = $8::text))
       AND ($9::timestamptz IS NULL OR ("openedAt", id) < ($9::timestamptz, $10::uuid))
     ORDER BY "openedAt" DESC, id DESC LIMIT $11::integer`,
    [
      ...[database.scope, severe.bounces, severe.complaints],
      ...[type ?? null, impact ?? null, status ?? null, resource?.type ?? null, resource?.name ?? null],
      ...[after?.openedAt ?? null, after?.id ?? null, limit],
    ],
  );
}
