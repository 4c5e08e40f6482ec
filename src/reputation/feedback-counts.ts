/** What became of mail, of tenants and others: the query of the event database. */
import { array, type InferOutput, number, object, string, tuple } from "valibot";
import type { EventReader } from "../insights/event-reader.ts";
import { simulatorDomain } from "../mail/simulator.ts";
import type { TenantKey } from "../stores/postgres/tenant-reputations.ts";
import type { DayCounts } from "./find.ts";
import { leastOccurrences, longestWindowDays } from "./thresholds.ts";

/** The column `days` of `countsByDay`. */
export const dayTuples = array(tuple([number(), number(), number(), number(), number()]));

const row = object({ scope: number(), name: string(), days: dayTuples });

/** The mail of a tenant that has enough bounces or complaints for a finding. */
export interface TenantCounts extends TenantKey {
  readonly days: readonly DayCounts[];
}

const dayMs = 24 * 3_600_000;
const never = "toDateTime64('2200-01-01 00:00:00', 3, 'UTC')";

/**
 * The mail of all tenants that have enough bounces or complaints for a finding, in one query. Mail to the mailbox
 * simulator does not count. A bounce or complaint counts when its message was sent, so no rate exceeds 1.
 */
export async function countFeedback(reader: EventReader, now: Date): Promise<TenantCounts[]> {
  return read(reader, now, "1", {});
}

/**
 * The same for the tenants given, a few, without mail sent before their creation: it is another tenant's that had the
 * name.
 */
export async function countFeedbackSinceCreation(
  reader: EventReader,
  now: Date,
  tenants: readonly (TenantKey & { readonly createdAt: Date })[],
): Promise<TenantCounts[]> {
  const key = "concat(toString(scope), ' ', toString(tenant))";
  return read(
    reader,
    now,
    `toUnixTimestamp64Milli(sent_at) >= transform(${key}, {keys:Array(String)}, {since:Array(Int64)}, toInt64({now:Int64} + 1))`,
    {
      keys: tenants.map(({ scope, name }) => `${scope} ${name}`),
      since: tenants.map(({ createdAt }) => createdAt.getTime()),
    },
  );
}

async function read(
  reader: EventReader,
  now: Date,
  condition: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<TenantCounts[]> {
  const sql = countsByDay({
    names: { select: "toString(tenant) AS name", columns: "name" },
    condition: `tenant != '' AND ${condition}`,
    having: hasFeedback,
  });
  const rows = await reader.rows(row, sql, { now: now.getTime(), ...parameters });
  return rows.map(({ days, ...key }) => ({ ...key, days: daysOf(days) }));
}

/** What is counted. Each is SQL. */
export interface CountedFeedback {
  /** The columns that name what mail belongs to: how they are selected, and their names. */
  readonly names: { readonly select: string; readonly columns: string };
  /** An ARRAY JOIN, if the columns need one. */
  readonly join?: string;
  /** Which mail counts. */
  readonly condition: string;
  /** About sums of the columns `sent`, `bounced`, `delivered` and `complained`. */
  readonly having: string;
}

/** SQL, for `having`: whether there are enough bounces or complaints to speak of a rate. */
export const hasFeedback = `(sum(bounced) >= ${leastOccurrences} OR sum(complained) >= ${leastOccurrences})`;

/** The value of the column `days`. */
export function daysOf(days: InferOutput<typeof dayTuples>): DayCounts[] {
  return days.map(([age, sent, bounced, delivered, complained]) => ({ age, sent, bounced, delivered, complained }));
}

/**
 * The query of bounces and complaints by days before `{now}`: rows of `scope`, the names and `days`. Mail whose SEND has
 * not come is left out: a mirrored account may publish its bounces only, which are a rate of nothing.
 */
export function countsByDay({ names, join = "", condition, having }: CountedFeedback): string {
  // All rows of a message have its time of sending, but only its SEND has the tenant.
  return `SELECT scope, ${names.columns}, groupArray([age, sent, bounced, delivered, complained]) AS days FROM (
      SELECT scope, ${names.select},
        toUInt64(greatest(intDiv({now:Int64} - toUnixTimestamp64Milli(sent_at), ${dayMs}), 0)) AS age, count() AS sent,
        countIf(bounced_permanently_at < ${never}) AS bounced,
        countIf(delivered_at < ${never} OR complained_at < ${never}) AS delivered,
        countIf(complained_at < ${never}) AS complained
      FROM message_states FINAL ${join}
      PREWHERE sent_at > fromUnixTimestamp64Milli({now:Int64} - ${longestWindowDays * dayMs}, 'UTC')
      WHERE send_seen = 1 AND NOT endsWith(lower(recipient), '@${simulatorDomain}') AND ${condition}
      GROUP BY scope, ${names.columns}, age)
    GROUP BY scope, ${names.columns} HAVING ${having}`;
}
