/** The suppressed_destinations table: its migration describes the columns. bulk-suppressions.ts has bulk changes. */
import type { SuppressionListReason } from "@aws-sdk/client-sesv2";
import { valueSeparator } from "./bulk-suppressions.ts";
import type { Database, Queryable, ScopedDatabase, ScopedQueryable } from "./database.ts";
import { queryInKeyOrder } from "./key-order.ts";

/** An address on the list of a tenant, or of the account (''). */
export interface ListedAddress {
  tenant: string;
  address: string;
}

/** An entry of a list. */
export interface SuppressionEntry extends ListedAddress {
  reason: SuppressionListReason;
  updatedAt: Date;
  /** The message and the feedback that caused the entry; null if a person or an import did. */
  messageId: string | null;
  feedbackId: string | null;
}

/** An address on a list of any scope. */
export interface SuppressionKey extends ListedAddress {
  scope: number;
}

/** An entry of a list of any scope. */
export interface SuppressedDestination extends SuppressionEntry {
  scope: number;
}

const columns = `tenant, address, reason, updated_at AS "updatedAt", message_id AS "messageId", feedback_id AS "feedbackId"`;

/** Adds an address to a list, or replaces its entry. */
export async function putSuppressedDestination(database: ScopedQueryable, row: SuppressionEntry): Promise<void> {
  await database.query(
    `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at, message_id, feedback_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (scope, tenant, address) DO UPDATE SET reason = excluded.reason, updated_at = excluded.updated_at,
       message_id = excluded.message_id, feedback_id = excluded.feedback_id`,
    [database.scope, row.tenant, row.address, row.reason, row.updatedAt, row.messageId, row.feedbackId],
  );
}

/** The entry of an address; undefined if it is not on the list. */
export async function selectSuppressedDestination(
  database: ScopedQueryable,
  { tenant, address }: ListedAddress,
): Promise<SuppressionEntry | undefined> {
  const [row] = await database.query<SuppressionEntry>(
    `SELECT ${columns} FROM suppressed_destinations WHERE scope = $1 AND tenant = $2 AND address = $3`,
    [database.scope, tenant, address],
  );
  return row;
}

/** An entry of the list of a real account. */
export interface CopiedSuppression {
  readonly address: string;
  readonly reason: SuppressionListReason;
  readonly updatedAt: Date;
}

/**
 * Adds entries to the account's own list, and gives older ones another reason. Addresses must be distinct.
 * @returns what was changed
 */
export async function copySuppressions(
  transaction: ScopedQueryable,
  entries: readonly CopiedSuppression[],
): Promise<Pick<CopiedSuppression, "address" | "reason">[]> {
  if (entries.length === 0) return [];
  return transaction.query(
    // In key order, so that two transactions never deadlock.
    `INSERT INTO suppressed_destinations AS known (scope, tenant, address, reason, updated_at)
     SELECT $1::integer, '', address, reason, "updatedAt"
     FROM json_to_recordset($2::text::json) AS copied (address text, reason text, "updatedAt" timestamptz)
     ORDER BY address COLLATE "C"
     ON CONFLICT (scope, tenant, address) DO UPDATE SET reason = excluded.reason, updated_at = excluded.updated_at,
       message_id = NULL, feedback_id = NULL
     WHERE known.updated_at < excluded.updated_at AND known.reason <> excluded.reason
     RETURNING address, reason`,
    [transaction.scope, JSON.stringify(entries)],
  );
}

/** Deletes an address from a list; false if it was not on it. */
export async function deleteSuppressedDestination(
  database: ScopedQueryable,
  { tenant, address }: ListedAddress,
): Promise<boolean> {
  const rows = await database.query(
    "DELETE FROM suppressed_destinations WHERE scope = $1 AND tenant = $2 AND address = $3 RETURNING 1",
    [database.scope, tenant, address],
  );
  return rows.length === 1;
}

/** The range and filter of a page. */
export interface SuppressionPage {
  tenant: string;
  /** Undefined for all reasons. */
  reasons: readonly SuppressionListReason[] | undefined;
  /** Added or changed at this time or later. */
  from: Date | undefined;
  /** Added or changed before this time. */
  before: Date | undefined;
  /** Return addresses after this one in byte order; empty for the first page. */
  after: string;
  limit: number;
}

/** A page of a list, ordered by address in byte order. */
export async function selectSuppressedDestinations(
  database: ScopedDatabase,
  { tenant, reasons, from, before, after, limit }: SuppressionPage,
): Promise<SuppressionEntry[]> {
  return queryInKeyOrder<SuppressionEntry>(
    database,
    `SELECT ${columns} FROM suppressed_destinations
     WHERE scope = $7 AND tenant = $1 AND address > $2 AND ($3::text[] IS NULL OR reason = ANY($3::text[]))
       AND ($4::timestamptz IS NULL OR updated_at >= $4::timestamptz)
       AND ($5::timestamptz IS NULL OR updated_at < $5::timestamptz)
     ORDER BY address LIMIT $6::integer`,
    [tenant, after, reasons ?? null, from ?? null, before ?? null, limit, database.scope],
  );
}

/** The reasons of suppressed addresses, by scope, tenant and folded address: a list can have several of its spellings. */
export type Suppressions = ReadonlyMap<
  number,
  ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<SuppressionListReason>>>
>;

/** Addresses as sending compares them with the lists: without regard to case. As PostgreSQL's `lower` with the collation C. */
export function foldedAddress(addresses: string): string {
  return addresses.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** With many more, the planner scans the whole table instead of looking up each address. */
const addressesPerLookup = 1_000;

/** Finds which addresses are on their lists, in any case. Runs for each commit of mail: one statement if all share a list. */
export async function findSuppressions(database: Database, keys: readonly SuppressionKey[]): Promise<Suppressions> {
  const found = new Map<number, Map<string, Map<string, Set<SuppressionListReason>>>>();
  for (const [scope, ofScope] of Map.groupBy(keys, (key) => key.scope)) {
    const lists = new Map<string, Map<string, Set<SuppressionListReason>>>();
    for (const [tenant, ofList] of Map.groupBy(ofScope, (key) => key.tenant)) {
      const list = new Map<string, Set<SuppressionListReason>>();
      for (let start = 0; start < ofList.length; start += addressesPerLookup) {
        const some = ofList.slice(start, start + addressesPerLookup).map(({ address }) => address);
        const folded = foldedAddress(some.join(valueSeparator));
        for (const [address, text] of await database.texts(lookup, [scope, tenant, folded])) {
          if (address == null) continue;
          const reason = text === "COMPLAINT" ? "COMPLAINT" : "BOUNCE";
          list.set(address, (list.get(address) ?? new Set()).add(reason));
        }
      }
      if (list.size > 0) lists.set(tenant, list);
    }
    if (lists.size > 0) found.set(scope, lists);
  }
  return found;
}

// Uses the index of folded addresses even in a plan made when the table was empty. The plan of a join was seen to scan a table of
// 300,000 rows in that case: 60 ms per commit instead of 0.1 ms.
const lookup = `SELECT lower(address), reason FROM suppressed_destinations
  WHERE scope + 0 = $1 AND tenant || '' = $2 AND lower(address) = ANY (string_to_array($3, chr(30)))`;

/**
 * When addresses got on the account's own list because of a bounce, in milliseconds, by folded address. The addresses, a
 * few hundred, must be folded.
 */
export async function selectListedBounces(
  database: ScopedDatabase,
  folded: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (folded.length === 0) return new Map();
  const rows = await database.texts(listedBounces, [database.scope, folded.join(valueSeparator)]);
  return new Map(rows.flatMap(([address, at]) => (address == null ? [] : [[address, Number(at)]])));
}

// Uses the index of folded addresses, as above.
const listedBounces = `SELECT lower(address), (extract(epoch FROM max(updated_at)) * 1000)::bigint::text
  FROM suppressed_destinations
  WHERE scope + 0 = $1 AND tenant || '' = '' AND lower(address) = ANY (string_to_array($2, chr(30))) AND reason = 'BOUNCE'
  GROUP BY lower(address)`;

/** Adds or replaces entries of lists in all scopes, as part of a transaction. Keys must be distinct. */
export async function addSuppressions(
  transaction: Queryable,
  rows: readonly SuppressedDestination[],
  now: Date,
): Promise<void> {
  if (rows.length === 0) return;
  // In key order, so that two transactions never deadlock.
  const sorted = rows.toSorted(
    (a, b) => a.scope - b.scope || compare(a.tenant, b.tenant) || compare(a.address, b.address),
  );
  const column = (value: (row: SuppressedDestination) => string | number | null) => sorted.map(value);
  await transaction.query(
    `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at, message_id, feedback_id)
     SELECT scope, tenant, address, reason, $1::timestamptz, message_id, feedback_id
     FROM unnest($7::integer[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS added (scope, tenant, address, reason, message_id, feedback_id)
     ON CONFLICT (scope, tenant, address) DO UPDATE SET reason = excluded.reason, updated_at = excluded.updated_at,
       message_id = excluded.message_id, feedback_id = excluded.feedback_id`,
    [
      now,
      column(({ tenant }) => tenant),
      column(({ address }) => address),
      column(({ reason }) => reason),
      column(({ messageId }) => messageId),
      column(({ feedbackId }) => feedbackId),
      column(({ scope }) => scope),
    ],
  );
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
