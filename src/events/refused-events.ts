/** Events that the event database rejected as malformed. They stay in the outbox, for people to look at. */
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { Queryable } from "../stores/postgres/database.ts";
import { type RefusedPage, type RefusedRow, selectRefusedRows } from "../stores/postgres/outbox.ts";
import { recordVersion } from "./record.ts";

/** A row of the outbox with such events. */
export interface RefusedEvents {
  /** Its ID in the outbox. */
  readonly id: number;
  readonly committedAt: Date;
  readonly reason: string;
  /** How many there are. */
  readonly count: number;
  /** The first of them as JSON, as they were to be inserted. Empty if the row can't be read. */
  readonly events: readonly string[];
}

/** The most events that are shown of a row. */
const shownEvents = 100;
const decompress = promisify(zstdDecompress);

/** Reads such rows, oldest first, from the one after the row `after` on. */
export async function readRefusedEvents(database: Queryable, page: RefusedPage): Promise<RefusedEvents[]> {
  const rows = await selectRefusedRows(database, page);
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      committedAt: row.committedAt,
      reason: row.reason,
      count: row.events,
      events: (await linesOf(row)).slice(0, shownEvents),
    })),
  );
}

async function linesOf({ payload, version }: RefusedRow): Promise<string[]> {
  if (version !== recordVersion) return [];
  const bytes = await decompress(payload).catch(() => Buffer.alloc(0));
  return bytes
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}
