/**
 * The outbox table: its migration describes the columns. A row has events of one scope. Only who adds rows, and who asks
 * for those that were set aside, knows scopes: the recorder moves the rows of all.
 */
import type { Database, Queryable, StatementParameter } from "./database.ts";

/** A row waiting to be moved to the event database. */
export interface OutboxRow {
  id: number;
  /** Its number of events. */
  events: number;
  /** zstd-compressed JSONEachRow. */
  payload: Uint8Array;
  /** The layout of its events. */
  version: number;
}

/** Events of a commit that may be wanted by a target: see the migration of the publications table. */
export interface NewPublication {
  events: number;
  /** When the first and the last message whose SEND is included were sent, in milliseconds since 1970. */
  sent: { from: number; to: number } | undefined;
  /** zstd-compressed JSONEachRow in the layout of the outbox row. */
  payload: Uint8Array;
}

/** A row that a commit adds for the events of one scope. */
export interface NewOutboxRow {
  scope: number;
  /** The smallest and the largest message ID among the events. */
  firstMessageId: string;
  lastMessageId: string;
  events: number;
  payload: Uint8Array;
  /** The layout of the events. */
  version: number;
  now: Date;
  /** The number of recipients accepted; they count toward the scope's sending quota. */
  recipients: number;
  /** The events of the row that may be wanted by a target. */
  publication?: NewPublication | undefined;
}

/** Adds the rows of a commit, and nothing else, in one statement: this is most of the cost of a commit. */
export async function insertOutboxRows(database: Database, rows: readonly NewOutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { text, values } = insertionOf(rows);
  // Only the statement for a single row is frequent enough to be prepared: the others have many texts.
  if (rows.length === 1) await database.run(text, values);
  else await database.query(text, values);
}

/** Adds the rows of a commit as part of a transaction. */
export async function insertOutboxRowsWithin(transaction: Queryable, rows: readonly NewOutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { text, values } = insertionOf(rows);
  await transaction.query(text, values);
}

/** The text of the statement for rows, of which those have a publication for which `published` is true. */
function insertionText(published: readonly boolean[]): string {
  const rows: string[] = [];
  const publications: string[] = [];
  let parameters = 0;
  const next = (count: number) => Array.from({ length: count }, () => `$${++parameters}`);
  for (const isPublished of published) {
    const [first, last, events, recipients, now, payload, version, scope] = next(8);
    rows.push(
      `(${first}, ${last}, ${events}, ${recipients}, ${now}, ${payload}::bytea, ${version}::smallint, ${scope}::integer)`,
    );
    if (!isPublished) continue;
    const [count, sentFrom, sentTo, own] = next(4);
    const sent = `CASE WHEN ${sentFrom}::bigint IS NOT NULL THEN int8range(${sentFrom}::bigint, ${sentTo}::bigint, '[]') END`;
    // The publication's payload may be the outbox row's: then it is passed once.
    publications.push(
      `('mail', ${now}::timestamptz, ${version}::smallint, ${count}, ${sent}, coalesce(${own}::bytea, ${payload}::bytea), ${scope}::integer)`,
    );
  }
  const insertion = `INSERT INTO outbox
    (first_message_id, last_message_id, events, recipients, committed_at, payload, version, scope) VALUES ${rows.join(", ")}`;
  if (publications.length === 0) return insertion;
  return `WITH outbox_rows AS (${insertion})
    INSERT INTO publications (kind, committed_at, version, events, sent, payload, scope) VALUES ${publications.join(", ")}`;
}

/** Nearly all commits have events of one scope only. */
const singleRow = { unpublished: insertionText([false]), published: insertionText([true]) };

function insertionOf(rows: readonly NewOutboxRow[]): { text: string; values: StatementParameter[] } {
  const values: StatementParameter[] = [];
  for (const row of rows) {
    const { scope, firstMessageId, lastMessageId, events, recipients, now, payload, version, publication } = row;
    values.push(firstMessageId, lastMessageId, events, recipients, now, payload, version, scope);
    if (!publication) continue;
    const { sent } = publication;
    const own = publication.payload === payload ? null : publication.payload;
    values.push(publication.events, sent?.from ?? null, sent?.to ?? null, own);
  }
  const published = rows.map(({ publication }) => publication !== undefined);
  if (published.length > 1) return { text: insertionText(published), values };
  return { text: published[0] ? singleRow.published : singleRow.unpublished, values };
}

/** How many rows are read at once at most. */
export const outboxRowsPerRead = 2_000;

/**
 * The oldest rows, except those with the IDs `without`: up to the row with which they have `maxEvents` events, and at most
 * `outboxRowsPerRead`.
 */
export async function oldestOutboxRows(
  database: Queryable,
  maxEvents: number,
  without: readonly number[] = [],
): Promise<OutboxRow[]> {
  return database.query<OutboxRow>(
    `SELECT id, events, payload, version FROM (
       SELECT id, events, payload, version, sum(events) OVER (ORDER BY id) AS total
       FROM (SELECT id, events, payload, version FROM outbox
         WHERE refused_because IS NULL AND id <> ALL($2::bigint[]) ORDER BY id LIMIT $3) AS oldest
     ) AS counted
     WHERE total - events < $1
     ORDER BY id`,
    [maxEvents, without, outboxRowsPerRead],
  );
}

/** The rows that may contain events of a message, and whether they were set aside. */
export async function outboxRowsAround(
  database: Queryable,
  messageId: string,
): Promise<(OutboxRow & { refused: boolean })[]> {
  return database.query<OutboxRow & { refused: boolean }>(
    "SELECT id, events, payload, version, refused_because IS NOT NULL AS refused FROM outbox WHERE first_message_id <= $1 AND last_message_id >= $1 ORDER BY id",
    [messageId],
  );
}

/** The number of events that are to be moved. */
export async function countOutboxEvents(database: Queryable): Promise<number> {
  const [counted] = await database.query<{ events: number }>(
    "SELECT coalesce(sum(events), 0)::bigint AS events FROM outbox WHERE refused_because IS NULL",
  );
  return counted?.events ?? 0;
}

/** Deletes the events of scopes that are to be moved. */
export async function deleteOutboxOfScopes(database: Queryable, scopes: readonly number[]): Promise<void> {
  await database.query("DELETE FROM outbox WHERE scope = ANY($1::integer[])", [scopes]);
}

/** Deletes rows that only have events of messages with smaller IDs. */
export async function deleteOutboxBefore(database: Queryable, messageId: string): Promise<void> {
  await database.query("DELETE FROM outbox WHERE last_message_id < $1", [messageId]);
}

/** Deletes rows that were moved to the event database, and adds their recipients to the hourly counts of their scopes. */
export async function deleteOutboxRows(database: Queryable, ids: readonly number[]): Promise<void> {
  await database.query(
    `WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING scope, committed_at, recipients)
     INSERT INTO sending_hours (scope, hour, recipients)
     SELECT scope, date_trunc('hour', committed_at, 'UTC') AS hour, sum(recipients) FROM gone
     GROUP BY scope, hour HAVING sum(recipients) > 0 ORDER BY scope, hour
     ON CONFLICT (scope, hour) DO UPDATE SET recipients = sending_hours.recipients + excluded.recipients`,
    [ids],
  );
}

/** Sets a row aside that the event database rejects permanently. */
export async function refuseOutboxRow(database: Queryable, id: number, reason: string): Promise<void> {
  await database.query("UPDATE outbox SET refused_because = $2 WHERE id = $1", [id, reason]);
}

/** Sets a part of a row's events aside, that the event database rejects permanently. It has the others. */
export async function refuseOutboxEvents(
  database: Queryable,
  { id, events, payload }: Omit<OutboxRow, "version">,
  reason: string,
): Promise<void> {
  await database.query("UPDATE outbox SET refused_because = $2, events = $3, payload = $4 WHERE id = $1", [
    id,
    reason,
    events,
    payload,
  ]);
}

/** A row that was set aside. */
export interface RefusedRow extends OutboxRow {
  readonly committedAt: Date;
  readonly reason: string;
}

/** A page of the rows that were set aside. */
export interface RefusedPage {
  /** The account and region of the events; undefined for all. */
  readonly scope: number | undefined;
  /** The ID of the row before the page. */
  readonly after: number;
  readonly limit: number;
}

/** The rows that were set aside, oldest first, from the one after `after` on. */
export async function selectRefusedRows(
  database: Queryable,
  { scope, after, limit }: RefusedPage,
): Promise<RefusedRow[]> {
  return database.query<RefusedRow>(
    `SELECT id, events, payload, version, committed_at AS "committedAt", refused_because AS reason FROM outbox
     WHERE refused_because IS NOT NULL AND id > $1 AND ($3::integer IS NULL OR scope = $3::integer)
     ORDER BY id LIMIT $2`,
    [after, limit, scope ?? null],
  );
}

/** The number of events that were set aside. */
export async function countRefusedEvents(database: Queryable): Promise<number> {
  const [counted] = await database.query<{ events: number }>(
    "SELECT coalesce(sum(events), 0)::bigint AS events FROM outbox WHERE refused_because IS NOT NULL",
  );
  return counted?.events ?? 0;
}

/** Puts the rows of a version that were set aside for this reason back in line. */
export async function takeUpOutboxRows(database: Queryable, version: number, reason: string): Promise<void> {
  await database.query("UPDATE outbox SET refused_because = NULL WHERE version = $1 AND refused_because = $2", [
    version,
    reason,
  ]);
}

/** The IDs of the oldest and the newest row to be moved; undefined if there is none. */
export async function outboxSpan(database: Queryable): Promise<{ oldest: number; newest: number } | undefined> {
  const [span] = await database.query<{ oldest: number | null; newest: number | null }>(
    "SELECT min(id) AS oldest, max(id) AS newest FROM outbox WHERE refused_because IS NULL",
  );
  return span?.oldest == null || span.newest == null ? undefined : { oldest: span.oldest, newest: span.newest };
}

/** PGlite has no autovacuum: without this, the table of an embedded database only grows. */
export async function vacuumOutbox(database: Queryable): Promise<void> {
  await database.query("VACUUM outbox");
}

/** The IDs of rows, in the order of their commits, also of those that were set aside. */
export async function outboxRowIds(
  database: Queryable,
  { scope, from }: { scope: number | undefined; from: string | undefined },
): Promise<number[]> {
  const rows = await database.query<{ id: number }>(
    `SELECT id FROM outbox
     WHERE ($1::integer IS NULL OR scope = $1::integer) AND ($2::text IS NULL OR last_message_id >= $2::text)
     ORDER BY id`,
    [scope ?? null, from ?? null],
  );
  return rows.map(({ id }) => id);
}

/** Those of the rows that are still there. */
export async function outboxRowsById(
  database: Queryable,
  ids: readonly number[],
): Promise<(OutboxRow & { refused: boolean })[]> {
  return database.query<OutboxRow & { refused: boolean }>(
    `SELECT id, events, payload, version, refused_because IS NOT NULL AS refused FROM outbox
     WHERE id = ANY($1::bigint[]) ORDER BY id`,
    [ids],
  );
}
