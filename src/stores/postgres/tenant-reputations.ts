/** The reputation of tenants: columns of the table tenants, and the table tenant_findings. Their migration describes them. */
import type { SendingStatus } from "@aws-sdk/client-sesv2";
import { array, type InferOutput, nullable, number, object, picklist } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { Queryable, ScopedQueryable } from "./database.ts";

export type ReputationPolicy = "none" | "standard" | "strict";
export type FindingKind = "BOUNCE" | "COMPLAINT";
export type Impact = "LOW" | "HIGH";

/** A rate that is too high. */
export interface Finding {
  readonly kind: FindingKind;
  readonly impact: Impact;
  /** From 0 to 1. */
  readonly rate: number;
  /** The number of messages that the rate is of. */
  readonly volume: number;
  readonly windowDays: number;
  /** The end of the window. */
  readonly measuredAt: Date;
  readonly since: Date;
  /** The highest impact with which users let the tenant send all the same; null if they did not. */
  readonly acceptedImpact: Impact | null;
}

/** A sending status, and why and since when. */
export interface StatusRecord<Status extends SendingStatus = SendingStatus> {
  readonly status: Status;
  readonly cause: string | null;
  readonly at: Date;
}

export interface TenantReputation {
  readonly name: string;
  readonly id: string;
  readonly createdAt: Date;
  readonly policy: ReputationPolicy;
  /** What users have set; null before they first did. */
  readonly customer: StatusRecord | null;
  /** What the server has decided. */
  readonly managed: StatusRecord<"ENABLED" | "DISABLED">;
  /** The aggregate of both. */
  readonly sendingStatus: SendingStatus;
  readonly findings: readonly Finding[];
}

/** A tenant of any scope. */
export interface TenantKey {
  readonly scope: number;
  readonly name: string;
}

const impact = picklist(["LOW", "HIGH"]);
/** Times are milliseconds since 1970. */
const storedFindings = array(
  object({
    kind: picklist(["BOUNCE", "COMPLAINT"]),
    impact,
    rate: number(),
    volume: number(),
    windowDays: number(),
    measuredAt: number(),
    since: number(),
    acceptedImpact: nullable(impact),
  }),
);

interface ReputationRow extends Omit<TenantReputation, "customer" | "managed" | "findings"> {
  customerStatus: SendingStatus | null;
  customerCause: string | null;
  customerAt: Date | null;
  managedStatus: "ENABLED" | "DISABLED";
  managedCause: string | null;
  managedAt: Date;
  findings: unknown;
}

const milliseconds = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint`;

const columns = `t.name, t.id, t.created_at AS "createdAt", t.reputation_policy AS policy,
  t.sending_status AS "sendingStatus", t.customer_status AS "customerStatus", t.customer_cause AS "customerCause",
  t.customer_status_at AS "customerAt", t.managed_status AS "managedStatus", t.managed_cause AS "managedCause",
  coalesce(t.managed_status_at, t.created_at) AS "managedAt",
  coalesce((
    SELECT jsonb_agg(jsonb_build_object('kind', f.kind, 'impact', f.impact, 'rate', f.rate, 'volume', f.volume,
      'windowDays', f.window_days, 'measuredAt', ${milliseconds("f.measured_at")}, 'since', ${milliseconds("f.since")},
      'acceptedImpact', f.accepted_impact) ORDER BY f.kind)
    FROM tenant_findings AS f WHERE f.scope = t.scope AND f.tenant = t.name), '[]') AS findings`;

function readReputation(row: ReputationRow): TenantReputation {
  const { name, id, createdAt, policy, sendingStatus, customerStatus, customerCause, customerAt } = row;
  const findings = parseData(storedFindings, row.findings, `the findings of the tenant ${name}`);
  return {
    name,
    id,
    createdAt,
    policy,
    sendingStatus,
    customer: customerStatus && { status: customerStatus, cause: customerCause, at: customerAt ?? createdAt },
    managed: { status: row.managedStatus, cause: row.managedCause, at: row.managedAt },
    findings: findings.map(readFinding),
  };
}

function readFinding({ measuredAt, since, ...rest }: InferOutput<typeof storedFindings>[number]): Finding {
  return { ...rest, measuredAt: new Date(measuredAt), since: new Date(since) };
}

/** The reputation of the tenant with this name; undefined if there is none. */
export async function selectReputation(database: ScopedQueryable, name: string): Promise<TenantReputation | undefined> {
  const [row] = await database.query<ReputationRow>(
    `SELECT ${columns} FROM tenants AS t WHERE t.scope = $1 AND t.name = $2`,
    [database.scope, name],
  );
  return row && readReputation(row);
}

/** As `selectReputation`; nobody else changes it until the transaction ends. */
export async function lockReputation(
  transaction: ScopedQueryable,
  name: string,
): Promise<TenantReputation | undefined> {
  // First the lock, and then a statement that sees what was committed while it waited.
  await transaction.query("SELECT 1 FROM tenants WHERE scope = $1 AND name = $2 FOR NO KEY UPDATE", [
    transaction.scope,
    name,
  ]);
  return selectReputation(transaction, name);
}

/** The range and filter of a page of reputations. */
export interface ReputationPage {
  /** Return tenants with names after this one in byte order; empty for the first page. */
  readonly after: string;
  /** Undefined for all. */
  readonly status: SendingStatus | undefined;
  /** The highest impact of a tenant's findings; undefined for all. */
  readonly impact: Impact | undefined;
  /** Return tenants whose `name/ID` begins with this text; empty for all. */
  readonly prefix: string;
  readonly limit: number;
}

/** The reputations of tenants in byte order of their names. */
export async function selectReputations(database: ScopedQueryable, page: ReputationPage): Promise<TenantReputation[]> {
  const rows = await database.query<ReputationRow>(
    // HIGH comes before LOW.
    `SELECT ${columns} FROM tenants AS t
     WHERE t.scope = $1 AND t.name > $2::text AND ($3::text IS NULL OR t.sending_status = $3::text)
       AND ($4::text IS NULL OR $4::text =
         (SELECT min(impact) FROM tenant_findings AS f WHERE f.scope = t.scope AND f.tenant = t.name))
       AND starts_with(t.name || '/' || t.id, $5::text)
     ORDER BY t.name LIMIT $6::integer`,
    [database.scope, page.after, page.status ?? null, page.impact ?? null, page.prefix, page.limit],
  );
  return rows.map(readReputation);
}

/** Stores a reputation that was locked in the transaction, with its findings. */
export async function updateReputation(transaction: ScopedQueryable, reputation: TenantReputation): Promise<void> {
  const { name, policy, customer, managed, sendingStatus, findings } = reputation;
  const { scope } = transaction;
  await transaction.query(
    `UPDATE tenants SET reputation_policy = $3, customer_status = $4, customer_cause = $5, customer_status_at = $6,
       managed_status = $7, managed_cause = $8, managed_status_at = $9, sending_status = $10
     WHERE scope = $1 AND name = $2`,
    [
      ...[scope, name, policy, customer?.status ?? null, customer?.cause ?? null, customer?.at ?? null],
      ...[managed.status, managed.cause, managed.at, sendingStatus],
    ],
  );
  await transaction.query("DELETE FROM tenant_findings WHERE scope = $1 AND tenant = $2", [scope, name]);
  if (findings.length === 0) return;
  const rows = findings.map((finding) => ({
    ...finding,
    measuredAt: finding.measuredAt.toISOString(),
    since: finding.since.toISOString(),
  }));
  await transaction.query(
    `INSERT INTO tenant_findings
       (scope, tenant, kind, impact, rate, volume, window_days, measured_at, since, accepted_impact)
     SELECT $1::integer, $2::text, kind, impact, rate, volume, "windowDays", "measuredAt", since, "acceptedImpact"
     FROM json_to_recordset($3::text::json) AS found (kind text, impact text, rate float8, volume bigint,
       "windowDays" integer, "measuredAt" timestamptz, since timestamptz, "acceptedImpact" text)`,
    [scope, name, JSON.stringify(rows)],
  );
}

/** Whether any scope has tenants. */
export async function hasTenants(database: Queryable): Promise<boolean> {
  return (await database.query("SELECT FROM tenants LIMIT 1")).length > 0;
}

/**
 * The reputations that an evaluation may change, of all scopes: those of the tenants given, as far as they exist, of
 * tenants with findings and of reinstated ones.
 */
export async function selectReputationsToEvaluate(
  database: Queryable,
  given: readonly TenantKey[],
): Promise<(TenantReputation & { scope: number })[]> {
  const rows = await database.query<ReputationRow & { scope: number }>(
    `WITH keys AS (
       SELECT scope, name FROM unnest($1::integer[], $2::text[]) AS given (scope, name)
       UNION SELECT scope, tenant FROM tenant_findings
       UNION SELECT scope, name FROM tenants WHERE customer_status = 'REINSTATED'
     )
     SELECT t.scope, ${columns} FROM keys JOIN tenants AS t ON t.scope = keys.scope AND t.name = keys.name`,
    [given.map(({ scope }) => scope), given.map(({ name }) => name)],
  );
  return rows.map((row) => ({ scope: row.scope, ...readReputation(row) }));
}
