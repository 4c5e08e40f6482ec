/** The webhook_deliveries table: its migration describes the columns. */
import type { Queryable } from "./database.ts";

/** A row: posts that ended together. */
export interface StoredDeliveries {
  readonly id: number;
  readonly endedAt: Date;
  /** A JSON line per post, compressed with zstd. */
  readonly payload: Uint8Array;
}

export interface NewDeliveries extends Omit<StoredDeliveries, "id"> {
  readonly webhook: string;
  /** How many of the posts failed. */
  readonly failures: number;
}

const columns = `id, ended_at AS "endedAt", payload`;

/** Adds a row, unless the webhook was deleted. */
export async function insertWebhookDeliveries(database: Queryable, row: NewDeliveries): Promise<void> {
  await database.query(
    `INSERT INTO webhook_deliveries (webhook, ended_at, failures, payload)
     SELECT $1::uuid, $2::timestamptz, $3::integer, $4::bytea WHERE EXISTS (SELECT FROM webhooks WHERE id = $1::uuid)`,
    [row.webhook, row.endedAt, row.failures, row.payload],
  );
}

/** Up to `limit` rows of a webhook, newest first, with IDs up to `last`; only those with failures if `failed` is set. */
export async function selectWebhookDeliveries(
  database: Queryable,
  webhook: string,
  { last, failed, limit }: { last: number; failed: boolean; limit: number },
): Promise<StoredDeliveries[]> {
  return database.query<StoredDeliveries>(
    `SELECT ${columns} FROM webhook_deliveries WHERE webhook = $1 AND id <= $2 ${failed ? "AND failures > 0" : ""}
     ORDER BY id DESC LIMIT $3`,
    [webhook, last, limit],
  );
}

/** A row of a webhook. */
export async function selectWebhookDelivery(
  database: Queryable,
  webhook: string,
  id: number,
): Promise<StoredDeliveries | undefined> {
  const [row] = await database.query<StoredDeliveries>(
    `SELECT ${columns} FROM webhook_deliveries WHERE webhook = $1 AND id = $2`,
    [webhook, id],
  );
  return row;
}

/** Deletes up to `limit` rows that ended before `before`; returns how many. */
export async function deleteWebhookDeliveries(database: Queryable, before: Date, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT $2) RETURNING id`,
    [before, limit],
  );
  return rows.length;
}
