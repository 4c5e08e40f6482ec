/** The webhook_deliveries table: its migration describes the columns. */
import type { Queryable, ScopedQueryable } from "./database.ts";

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

const ofScope = "EXISTS (SELECT FROM webhooks WHERE webhooks.id = webhook AND scope = $2)";

/** Up to `limit` rows of a webhook of the scope, newest first, with IDs up to `last`; only those with failures if `failed` is set. */
export async function selectWebhookDeliveries(
  database: ScopedQueryable,
  webhook: string,
  { last, failed, limit }: { last: number; failed: boolean; limit: number },
): Promise<StoredDeliveries[]> {
  return database.query<StoredDeliveries>(
    `SELECT ${columns} FROM webhook_deliveries
     WHERE webhook = $1 AND ${ofScope} AND id <= $3 ${failed ? "AND failures > 0" : ""} ORDER BY id DESC LIMIT $4`,
    [webhook, database.scope, last, limit],
  );
}

/** A row of a webhook of the scope. */
export async function selectWebhookDelivery(
  database: ScopedQueryable,
  webhook: string,
  id: number,
): Promise<StoredDeliveries | undefined> {
  const [row] = await database.query<StoredDeliveries>(
    `SELECT ${columns} FROM webhook_deliveries WHERE webhook = $1 AND ${ofScope} AND id = $3`,
    [webhook, database.scope, id],
  );
  return row;
}

/** Deletes up to `limit` rows of all scopes that ended before `before`; returns how many. */
export async function deleteWebhookDeliveries(database: Queryable, before: Date, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT $2) RETURNING id`,
    [before, limit],
  );
  return rows.length;
}
