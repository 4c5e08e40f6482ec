/** What became of tenants' mail: the query of the event database. */
import { array, number, object, string, tuple } from "valibot";
import type { EventReader } from "../insights/event-reader.ts";
import { simulatorDomain } from "../mail/simulator.ts";
import type { TenantKey } from "../stores/postgres/tenant-reputations.ts";
import type { DayCounts } from "./find.ts";
import { leastOccurrences, longestWindowDays } from "./thresholds.ts";

/** The mail of a tenant that has enough bounces or complaints for a finding. */
export interface TenantCounts extends TenantKey {
  readonly days: readonly DayCounts[];
}

const row = object({
  scope: number(),
  name: string(),
  days: array(tuple([number(), number(), number(), number(), number()])),
});

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
  const rows = await reader.rows(
    row,
    // All rows of a message have its time of sending, but only its SEND has the tenant.
    `SELECT scope, name, groupArray([age, sent, bounced, delivered, complained]) AS days FROM (
       SELECT scope, toString(tenant) AS name,
         toUInt64(greatest(intDiv({now:Int64} - toUnixTimestamp64Milli(sent_at), ${dayMs}), 0)) AS age, count() AS sent,
         countIf(bounced_permanently_at < ${never}) AS bounced,
         countIf(delivered_at < ${never} OR complained_at < ${never}) AS delivered,
         countIf(complained_at < ${never}) AS complained
       FROM message_states FINAL
       PREWHERE sent_at > fromUnixTimestamp64Milli({now:Int64} - ${longestWindowDays * dayMs}, 'UTC')
       WHERE tenant != '' AND NOT endsWith(lower(recipient), '@${simulatorDomain}') AND ${condition}
       GROUP BY scope, name, age)
     GROUP BY scope, name HAVING sum(bounced) >= ${leastOccurrences} OR sum(complained) >= ${leastOccurrences}`,
    { now: now.getTime(), ...parameters },
  );
  return rows.map(({ days, ...key }) => ({
    ...key,
    days: days.map(([age, sent, bounced, delivered, complained]) => ({ age, sent, bounced, delivered, complained })),
  }));
}
