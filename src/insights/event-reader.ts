/**
 * The dashboard's queries of the event database. In the embedded engine, each running query occupies one of the four
 * threads of libuv, which files, DNS and compression also need. So only two run at once, and aborted ones leave the
 * queue.
 */
import type { GenericSchema, InferOutput } from "valibot";
import { createTurns } from "../common/turns.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { selectRows } from "../stores/clickhouse/select-rows.ts";

/** Runs queries with small results. */
export interface EventReader {
  /** See `EventDatabase`. */
  isUnused(): boolean;
  /**
   * The rows of a schema for a SELECT without a FORMAT clause; 64-bit integers are numbers. Aborting `signal` removes
   * the query from the queue and rejects. Rejects with `TooManyQueries` if too many are queued.
   */
  rows<const Row extends GenericSchema>(
    row: Row,
    sql: string,
    parameters: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<InferOutput<Row>[]>;
}

/** More queries are queued than could run in time. */
export class TooManyQueries extends Error {
  override name = "TooManyQueries";
}

/** How many queries of a reader run at once, and how many more may wait. */
const usual = { atOnce: 2, mostWaiting: 100 };

export function createEventReader(
  { client, isUnused }: Pick<EventDatabase, "client" | "isUnused">,
  { atOnce, mostWaiting }: { atOnce: number; mostWaiting: number } = usual,
): EventReader {
  const turns = createTurns({ atOnce, mostWaiting, tooMany: () => new TooManyQueries() });
  return {
    isUnused,
    rows: (row, sql, parameters, signal) =>
      turns.run(() => selectRows(client, row, { sql, parameters, what: "the answer of the event database" }), signal),
  };
}
