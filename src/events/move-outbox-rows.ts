/**
 * Moves a batch of the outbox's rows to the event database: inserts their events and deletes the rows. What the event
 * database rejects stays in the outbox, set aside.
 */
import { promisify } from "node:util";
import { zstdCompress } from "node:zlib";
import { MalformedData, UnknownVersion } from "../common/parse-data.ts";
import { readStoredText } from "../common/stored-text.ts";
import { isWholeZstdFrame } from "../common/zstd-frame.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { isRefusedInsert } from "../stores/clickhouse/refused-insert.ts";
import type { Database } from "../stores/postgres/database.ts";
import { deleteOutboxRows, type OutboxRow, refuseOutboxEvents, refuseOutboxRow } from "../stores/postgres/outbox.ts";
import { recordVersion, unknownRecordVersion } from "./record.ts";

export interface RecorderLog {
  error(details: object, message: string): void;
}

export interface MoveServices {
  readonly database: Database;
  readonly events: EventDatabase;
  readonly log: RecorderLog;
}

const compress = promisify(zstdCompress);

/** Moves the rows. Throws if the event database or the database fails; rows that are left can be moved again. */
export async function moveOutboxRows(
  { database, events, log }: MoveServices,
  batch: readonly OutboxRow[],
): Promise<void> {
  await insert(batch);

  /** Inserts the rows and deletes them from the outbox. If one of several is rejected, finds it by bisection. */
  async function insert(rows: readonly OutboxRow[]): Promise<void> {
    try {
      await events.insertRows("events", rows.map(payloadOf), "zstd");
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const [only] = rows;
      if (rows.length === 1 && only) return setAside(only, error);
      await insert(rows.slice(0, rows.length >> 1));
      await insert(rows.slice(rows.length >> 1));
      return;
    }
    await deleteOutboxRows(
      database,
      rows.map((row) => row.id),
    );
  }

  /** Inserts the events of a rejected row that are not malformed, and sets the others aside. */
  async function setAside(row: OutboxRow, refusal: Error): Promise<void> {
    const lines = await linesOf(row);
    const refused = await insertLines(lines, refusal);
    const [first] = refused;
    if (lines.length === 0 || refused.length === lines.length) {
      log.error({ err: refusal, outboxId: row.id }, "a row of the outbox can't be recorded; it is put aside");
      await refuseOutboxRow(database, row.id, refusal.message);
    } else if (first) {
      const { error } = first;
      const events = refused.length;
      log.error({ err: error, outboxId: row.id, events }, "events can't be recorded; they are put aside");
      const payload = await compress(Buffer.concat(refused.map(({ line }) => line)));
      await refuseOutboxEvents(database, { id: row.id, events, payload }, error.message);
    } else {
      await deleteOutboxRows(database, [row.id]);
    }
  }

  /** Inserts lines that were rejected together, as far as they are valid; resolves to the others. */
  async function insertLines(lines: readonly Buffer[], refusal: Error): Promise<RefusedLine[]> {
    const [only] = lines;
    if (lines.length === 1 && only) return [{ line: only, error: refusal }];
    const refused: RefusedLine[] = [];
    for (const half of [lines.slice(0, lines.length >> 1), lines.slice(lines.length >> 1)]) {
      if (half.length === 0) continue;
      try {
        await events.insertRows("events", half);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push(...(await insertLines(half, error)));
      }
    }
    return refused;
  }
}

/** An event that the event database rejects, as its line with the line break. */
interface RefusedLine {
  readonly line: Buffer;
  readonly error: Error;
}

/** The payload of an outbox row is corrupt. */
class DamagedRow extends Error {
  override name = "DamagedRow";
}

/** The compressed events of a row. Throws if it is certain that they can't be read. */
function payloadOf({ version, payload }: OutboxRow): Uint8Array {
  if (version !== recordVersion) throw unknownRecordVersion(version);
  if (!isWholeZstdFrame(payload))
    throw new DamagedRow("the row can't be decompressed: it is not a whole frame of zstd");
  return payload;
}

/** The events of a row, each as its line with the line break; none if the row can't be read. */
async function linesOf({ version, payload }: OutboxRow): Promise<Buffer[]> {
  if (version !== recordVersion) return [];
  try {
    const lines = (await readStoredText(payload, "the row of the outbox")).split("\n");
    return lines.filter((line) => line !== "").map((line) => Buffer.from(`${line}\n`));
  } catch (error) {
    if (error instanceof MalformedData) return [];
    throw error;
  }
}

function isRefusal(error: unknown): error is Error {
  return error instanceof DamagedRow || error instanceof UnknownVersion || isRefusedInsert(error);
}
