/** The suppressed_destinations table: see its migration for what a row holds. Many at once: bulk-suppressions.ts. */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import { valueSeparator } from "./bulk-suppressions.ts";
import type { Database, Queryable } from "./database.ts";

/** Where an address may stand: on the list of a tenant, or of the account (''). */
export interface SuppressionKey {
  tenant: string;
  address: string;
}

/** An address on a list. */
export interface SuppressedDestination extends SuppressionKey {
  reason: SuppressionListReason;
  updatedAt: Date;
  /** The message and the feedback that led here; null where a person or an import did. */
  messageId: string | null;
  feedbackId: string | null;
}

const columns = `tenant, address, reason, updated_at AS "updatedAt", message_id AS "messageId", feedback_id AS "feedbackId"`;

/** Puts an address on a list; one that is there takes what is new. */
export async function putSuppressedDestination(database: Queryable, row: SuppressedDestination): Promise<void> {
  await database.query(
    `INSERT INTO suppressed_destinations (tenant, address, reason, updated_at, message_id, feedback_id)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant, address) DO UPDATE SET reason = excluded.reason, updated_at = excluded.updated_at,
       message_id = excluded.message_id, feedback_id = excluded.feedback_id`,
    [row.tenant, row.address, row.reason, row.updatedAt, row.messageId, row.feedbackId],
  );
}

/** Reads what is known of an address on a list; undefined where it is not on it. */
export async function selectSuppressedDestination(
  database: Queryable,
  { tenant, address }: SuppressionKey,
): Promise<SuppressedDestination | undefined> {
  const [row] = await database.query<SuppressedDestination>(
    `SELECT ${columns} FROM suppressed_destinations WHERE tenant = $1 AND address = $2`,
    [tenant, address],
  );
  return row;
}

/** Takes an address off a list; false where it was not on it. */
export async function deleteSuppressedDestination(
  database: Queryable,
  { tenant, address }: SuppressionKey,
): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM suppressed_destinations WHERE tenant = $1 AND address = $2 RETURNING 1",
    [tenant, address],
  );
  return rows.length === 1;
}

/** Which rows a page of a list is to have. */
export interface SuppressionPage {
  tenant: string;
  /** Undefined for all. */
  reasons: readonly SuppressionListReason[] | undefined;
  /** Put or changed at this instant or later. */
  from: Date | undefined;
  /** Put or changed before this instant. */
  before: Date | undefined;
  /** Addresses after this one, in the order of their bytes; empty for the beginning. */
  after: string;
  limit: number;
}

/** A page of a list, in the order of the addresses' bytes. */
export async function selectSuppressedDestinations(
  database: Queryable,
  { tenant, reasons, from, before, after, limit }: SuppressionPage,
): Promise<SuppressedDestination[]> {
  return database.query<SuppressedDestination>(
    `SELECT ${columns} FROM suppressed_destinations
     WHERE tenant = $1 AND address > $2 AND ($3::text[] IS NULL OR reason = ANY($3::text[]))
       AND ($4::timestamptz IS NULL OR updated_at >= $4::timestamptz)
       AND ($5::timestamptz IS NULL OR updated_at < $5::timestamptz)
     ORDER BY address LIMIT $6::integer`,
    [tenant, after, reasons ?? null, from ?? null, before ?? null, limit],
  );
}

/** The reasons of suppressed addresses, by tenant and address. */
export type Suppressions = ReadonlyMap<string, ReadonlyMap<string, SuppressionListReason>>;

/** With more keys at once, the planner reads the whole table instead of looking each of them up. */
const keysPerLookup = 1_000;

/**
 * Which of the addresses are on their list. Each commit of mail asks this, hence the one text that goes out (an array is
 * several times slower to write and read) and the unnamed statement: a plan that was kept since the list was empty would
 * read the whole of a million rows.
 */
export async function findSuppressions(database: Database, keys: readonly SuppressionKey[]): Promise<Suppressions> {
  const found = new Map<string, Map<string, SuppressionListReason>>();
  for (let start = 0; start < keys.length; start += keysPerLookup) {
    const some = keys.slice(start, start + keysPerLookup);
    const rows = await database.texts(lookup, [
      some.map(({ tenant }) => tenant).join(valueSeparator),
      some.map(({ address }) => address).join(valueSeparator),
    ]);
    for (const [tenant, address, reason] of rows) {
      if (tenant == null || address == null) continue;
      let list = found.get(tenant);
      if (!list) {
        list = new Map();
        found.set(tenant, list);
      }
      list.set(address, reason === "COMPLAINT" ? "COMPLAINT" : "BOUNCE");
    }
  }
  return found;
}

// The text of one empty tenant is empty, and would be no element; coalesce reads it as the account.
const lookup = `SELECT found.tenant, found.address, found.reason
  FROM unnest(string_to_array($1, chr(30)), string_to_array($2, chr(30))) AS wanted (tenant, address)
  JOIN suppressed_destinations AS found
    ON found.tenant = coalesce(wanted.tenant, '') AND found.address = wanted.address`;

/** Puts addresses on lists as a part of a transaction; those that are there take what is new. No key may come twice. */
export async function addSuppressions(
  transaction: Queryable,
  rows: readonly SuppressedDestination[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  // In the order of keys: two transactions then never wait for each other in a circle.
  const sorted = rows.toSorted((a, b) => compare(a.tenant, b.tenant) || compare(a.address, b.address));
  const column = (value: (row: SuppressedDestination) => string | null) => sorted.map((row) => value(row) ?? null);
  await transaction.query(
    `INSERT INTO suppressed_destinations (tenant, address, reason, updated_at, message_id, feedback_id)
     SELECT tenant, address, reason, $1::timestamptz, message_id, feedback_id
     FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS added (tenant, address, reason, message_id, feedback_id)
     ON CONFLICT (tenant, address) DO UPDATE SET reason = excluded.reason, updated_at = excluded.updated_at,
       message_id = excluded.message_id, feedback_id = excluded.feedback_id`,
    [
      now,
      column(({ tenant }) => tenant),
      column(({ address }) => address),
      column(({ reason }) => reason),
      column(({ messageId }) => messageId),
      column(({ feedbackId }) => feedbackId),
    ],
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
