/** Small results of the event database, read as a whole. */
import { array, type GenericSchema, type InferOutput } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { EventClient } from "./event-database.ts";

/** How long a query may take, in milliseconds: a server that is silent must not keep those who wait. */
export const readWithinMs = 15_000;

export interface SmallQuery {
  /** A SELECT without a FORMAT clause. */
  readonly sql: string;
  /** Values for `{name:Type}`. Pass times as numbers: the two engines format a `Date` differently. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What the rows are, for the error if they do not match the schema. */
  readonly what: string;
  /** Aborting it rejects with `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows of a schema; 64-bit integers are numbers. Rejects after `readWithinMs`.
 * @throws MalformedData for a row that does not match the schema
 */
export async function selectRows<const Row extends GenericSchema>(
  client: EventClient,
  row: Row,
  { sql, parameters = {}, what, signal }: SmallQuery,
): Promise<InferOutput<Row>[]> {
  const late = AbortSignal.timeout(readWithinMs);
  const answer = await client.query({
    query: sql,
    query_params: { ...parameters },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    format: "JSONEachRow",
    abort_signal: signal ? AbortSignal.any([signal, late]) : late,
  });
  return parseData(array(row), await answer.json(), what);
}
