/**
 * The dashboard's queries of the event database. In the process, each one holds a thread of libuv while it runs, of which
 * there are four for files, DNS and compression, too: so only two run at once, and those who are gone wait no longer.
 */
import { array, type GenericSchema, type InferOutput } from "valibot";
import { parseData } from "../common/parse-data.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";

/** Reads small results. */
export interface EventReader {
  /**
   * The rows, of a schema, of a SELECT without a FORMAT clause; 64-bit integers are numbers. `signal` takes it out of the queue; rejects
   * then, and with `TooManyQueries` where too many wait.
   */
  rows<const Row extends GenericSchema>(
    row: Row,
    sql: string,
    parameters: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<InferOutput<Row>[]>;
}

/** More wait than would be answered in time. */
export class TooManyQueries extends Error {
  override name = "TooManyQueries";
}

const atOnce = 2;
const mostWaiting = 100;

/** Reads from a database. */
export function createEventReader({ client }: Pick<EventDatabase, "client">): EventReader {
  const waiting: (() => void)[] = [];
  let running = 0;

  return {
    async rows(row, sql, parameters, signal) {
      await turn(signal);
      try {
        const answer = await client.query({
          query: sql,
          query_params: { ...parameters },
          clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
          format: "JSONEachRow",
        });
        return parseData(array(row), await answer.json(), "the answer of the event database");
      } finally {
        running--;
        waiting.shift()?.();
      }
    },
  };

  /** Resolves once it may begin, and counts it. */
  async function turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (running < atOnce) {
      running++;
      return;
    }
    if (waiting.length >= mostWaiting) throw new TooManyQueries();
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener("abort", leave);
        running++;
        resolve();
      };
      const leave = () => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      waiting.push(begin);
    });
  }
}
