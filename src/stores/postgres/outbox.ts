/** The outbox table: its migration describes the columns. */
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

/** The row that a commit adds. */
export interface NewOutboxRow {
  /** The smallest and the largest message ID among the events. */
  firstMessageId: string;
  lastMessageId: string;
  events: number;
  payload: Uint8Array;
  /** The layout of the events. */
  version: number;
  now: Date;
  /** The number of recipients accepted; they count toward the sending quota. */
  recipients: number;
}

/** Adds a row, and nothing else: this statement is most of the cost of a commit. */
export async function insertOutboxRow(
  database: Database,
  row: NewOutboxRow,
  publication?: NewPublication,
): Promise<void> {
  const { text, values } = insertionOf(row, publication);
  await database.run(text, values);
}

/** Adds a row as part of a transaction. */
export async function insertOutboxRowWithin(
  transaction: Queryable,
  row: NewOutboxRow,
  publication?: NewPublication,
): Promise<void> {
  const { text, values } = insertionOf(row, publication);
  await transaction.query(text, values);
}

const insertion = `INSERT INTO outbox (first_message_id, last_message_id, events, recipients, committed_at, payload, version)
  VALUES ($1, $2, $3, $4, $5, $6::bytea, $7::smallint)`;

/** The publication's payload may be the outbox row's: then it is passed once. */
const insertionWithPublication = `WITH outbox_row AS (${insertion})
  INSERT INTO publications (kind, committed_at, version, events, sent, payload)
  VALUES ('mail', $5::timestamptz, $7::smallint, $8,
    CASE WHEN $9::bigint IS NOT NULL THEN int8range($9::bigint, $10::bigint, '[]') END, coalesce($11::bytea, $6::bytea))`;

function insertionOf(
  row: NewOutboxRow,
  publication: NewPublication | undefined,
): { text: string; values: StatementParameter[] } {
  const { firstMessageId, lastMessageId, events, recipients, now, payload, version } = row;
  const values: StatementParameter[] = [firstMessageId, lastMessageId, events, recipients, now, payload, version];
  if (!publication) return { text: insertion, values };
  const { sent } = publication;
  const own = publication.payload === payload ? null : publication.payload;
  values.push(publication.events, sent?.from ?? null, sent?.to ?? null, own);
  return { text: insertionWithPublication, values };
}

/** The oldest rows with up to `maxEvents` events in total, but at least one row. */
export async function oldestOutboxRows(database: Queryable, maxEvents: number): Promise<OutboxRow[]> {
  return database.query<OutboxRow>(
    `SELECT id, events, payload, version FROM (
       SELECT id, events, payload, version, sum(events) OVER (ORDER BY id) AS total
       FROM (SELECT id, events, payload, version FROM outbox WHERE refused_because IS NULL ORDER BY id LIMIT 2000) AS oldest
     ) AS counted
     WHERE total - events < $1
     ORDER BY id`,
    [maxEvents],
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

/** Deletes rows that were moved to the event database, and adds their recipients to the hourly counts. */
export async function deleteOutboxRows(database: Queryable, ids: readonly number[]): Promise<void> {
  await database.query(
    `WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING committed_at, recipients)
     INSERT INTO sending_hours (hour, recipients)
     SELECT date_trunc('hour', committed_at, 'UTC') AS hour, sum(recipients) FROM gone
     GROUP BY hour HAVING sum(recipients) > 0 ORDER BY hour
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

/** The rows that were set aside, oldest first, from the one after `after` on. */
export async function selectRefusedRows(database: Queryable, after: number, limit: number): Promise<RefusedRow[]> {
  return database.query<RefusedRow>(
    `SELECT id, events, payload, version, committed_at AS "committedAt", refused_because AS reason FROM outbox
     WHERE refused_because IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`,
    [after, limit],
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
