/** Rows with an address, or that may contain one, of all scopes. Addresses that differ in case only are the same. */
import type { Queryable } from "./database.ts";

/** The tables whose rows are about one address, and its column. */
const columns = { send_queue: "recipient", contacts: "address", suppressed_destinations: "address" } as const;

/** Deletes the rows of an address; returns their number. */
export async function deleteRowsOfAddress(
  database: Queryable,
  table: keyof typeof columns,
  address: string,
): Promise<number> {
  const rows = await database.query(
    `DELETE FROM ${table} WHERE lower(${columns[table]}) = lower($1::text COLLATE "C") RETURNING 1 AS one`,
    [address],
  );
  return rows.length;
}

/** The tables with texts of many events, and which of their rows are meant. */
const packed = {
  outbox: "refused_because IS NOT NULL",
  publications: "kind = 'mail'",
  publication_batches: "true",
  webhook_deliveries: "true",
} as const;

export type PackedTable = keyof typeof packed;

/** A row with texts of events. */
export interface PackedRow {
  readonly id: number;
  /** Compressed with zstd. */
  readonly payload: Uint8Array;
}

/** Rows in their order, after the row `after`. Of the outbox only those that were set aside: the recorder moves others. */
export async function selectPackedRows(
  database: Queryable,
  table: PackedTable,
  { after, limit }: { after: number; limit: number },
): Promise<PackedRow[]> {
  return database.query(
    `SELECT id, payload FROM ${table} WHERE id > $1::bigint AND ${packed[table]} ORDER BY id LIMIT $2::bigint`,
    [after, limit],
  );
}

/** The columns of each table that follow from its texts. */
const rewritten: Readonly<Record<PackedTable, readonly ("payload" | "events" | "bytes")[]>> = {
  outbox: ["payload", "events"],
  publications: ["payload", "events"],
  publication_batches: ["payload", "events", "bytes"],
  webhook_deliveries: ["payload"],
};

/** Replaces the texts of a row. A claim of the row stays. */
export async function replacePackedRow(
  database: Queryable,
  table: PackedTable,
  row: PackedRow & { readonly events: number; readonly bytes: number },
): Promise<void> {
  const names = rewritten[table];
  const assignments = names.map((name, index) => `${name} = $${index + 2}`).join(", ");
  const values = names.map((name) => row[name]);
  await database.query(`UPDATE ${table} SET ${assignments} WHERE id = $1::bigint`, [row.id, ...values]);
}

export async function deletePackedRow(database: Queryable, table: PackedTable, id: number): Promise<void> {
  await database.query(`DELETE FROM ${table} WHERE id = $1::bigint`, [id]);
}
