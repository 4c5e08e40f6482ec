/** Generates a MESSAGE_INSIGHTS file and counts the messages examined for it. */
import { number, object, record, string } from "valibot";
import type { Shown } from "../../events/message-state.ts";
import type { EventSession } from "../../stores/clickhouse/event-database.ts";
import type { ObjectWriter } from "../../stores/objects/object-store.ts";
import type { MessageInsightsSource } from "./data-source.ts";
import type { FileFormat } from "./file-target.ts";
import {
  columnNames,
  countMessages,
  csvHeader,
  isFiltered,
  type Query,
  type RowForm,
  selectMessages,
} from "./message-query.ts";
import { type ParquetColumn, type ParquetValue, parquetFile } from "./parquet.ts";
import { createRowCounter } from "./row-counter.ts";

/** The messages and the format of the file. */
export interface MessageFileOptions extends Shown {
  source: MessageInsightsSource;
  format: FileFormat;
  /** The maximum number of rows. If more match, the file has a random sample of this size, selected by `seed`. */
  limit: number;
  seed: string;
  signal: AbortSignal;
  /** Called periodically with the number of messages examined so far. */
  progress: (records: number) => void;
  /** Lets the engine append to the file after everything so far is written; undefined if unsupported by the store. */
  appendWith: ObjectWriter["appendWith"] | undefined;
}

/** The content of a file being generated. `counts` is valid once `bytes` has ended. */
export interface ExportContent {
  bytes: AsyncIterable<Uint8Array>;
  counts(): { processedRecords: number; exportedRecords: number };
}

type TextForm = Exclude<RowForm, "values">;

export function messageFile(session: EventSession, options: MessageFileOptions): ExportContent {
  const { source, scope, messages, machines, limit, signal, progress, appendWith } = options;
  let exported = 0;
  let examined: number | undefined;
  let expected: number | undefined;
  return {
    bytes: bytes(),
    counts: () => ({ processedRecords: examined ?? exported, exportedRecords: exported }),
  };

  async function* bytes(): AsyncGenerator<Uint8Array> {
    let seed: string | undefined;
    // Without filter and limit, the rows of the file are the messages examined.
    if (isFiltered(source) || limit < Number.MAX_SAFE_INTEGER) {
      const count = await countAll(session, countMessages(source, { scope, messages, machines }), signal);
      examined = count.examined;
      expected = Math.min(count.matched, limit);
      if (count.matched > limit) seed = options.seed;
    }
    const told = (rows: number) => {
      exported = rows;
      progress(examined === undefined ? rows : Math.min(examined, Math.round((examined * rows) / (expected || 1))));
    };
    const form = options.format === "PARQUET" ? "values" : options.format;
    const queryOf = (form: RowForm) => ({
      ...selectMessages(source, { form, scope, messages, machines, limit, seed }),
      signal,
    });
    if (form === "values") {
      yield* parquetOf(session, queryOf(form), told);
      return;
    }
    const { start, end } = frames[form];
    if (start) yield start;
    if (session.appendToFile && appendWith) {
      // Requesting the next chunk means that the start is written.
      const append = session.appendToFile;
      const query = form === "JSON" ? { ...queryOf("NDJSON"), between: "," } : queryOf(form);
      const reading = (rows: number) => progress(Math.min(rows, examined ?? rows));
      await appendWith(async (path) => {
        exported = await append({ ...query, reading }, path);
      });
    } else {
      const lines = countRows(session, queryOf(form), form, told);
      yield* form === "JSON" ? withoutFirstByte(lines) : lines;
    }
    if (end) yield end;
  }
}

/** SES's JSON format: `[`, one row per line, each after the first preceded by a comma, `]`. */
const frames: Readonly<Record<TextForm, { start?: Uint8Array; end?: Uint8Array }>> = {
  CSV: { start: Buffer.from(csvHeader) },
  JSON: { start: Buffer.from("[\n"), end: Buffer.from("]\n") },
  NDJSON: {},
};

/** Removes the comma of the first row: in a stream, each row begins with one. */
async function* withoutFirstByte(lines: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of lines) {
    yield first ? chunk.subarray(1) : chunk;
    first = false;
  }
}

async function* countRows(
  session: EventSession,
  query: Query & { signal: AbortSignal },
  form: TextForm,
  told: (rows: number) => void,
): AsyncGenerator<Buffer> {
  const counter = createRowCounter(form === "CSV" ? "CSV" : "JSON");
  let counted: number | undefined;
  const add = (rows: number) => {
    counted = (counted ?? 0) + rows;
  };
  for await (const chunk of await session.stream({ ...query, format: "RawBLOB", counted: add })) {
    if (counted === undefined) counter.add(chunk);
    told(counted ?? counter.rows());
    yield chunk;
  }
}

const messageRow = record(string(), string());
const countRow = object({ examined: number(), matched: number() });
const times = new Set(["sendtimestamp", "last_delivery_event_timestamp", "last_engagement_event_timestamp"]);

async function* parquetOf(
  session: EventSession,
  query: Query & { signal: AbortSignal },
  told: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  const columns = columnNames.map((name): ParquetColumn => ({ name, type: times.has(name) ? "TIMESTAMP" : "STRING" }));
  async function* rows(): AsyncGenerator<ParquetValue[]> {
    let count = 0;
    for await (const row of session.rows(messageRow, query)) {
      told(++count);
      yield columns.map(({ name, type }) => parquetValue(row[name], type));
    }
  }
  yield* parquetFile(columns, rows());
}

function parquetValue(text: string | undefined, type: ParquetColumn["type"]): ParquetValue {
  if (text === undefined || text === "") return null;
  // `2026-09-21 01:02:03.123 UTC`
  return type === "TIMESTAMP" ? new Date(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`) : text;
}

async function countAll(session: EventSession, query: Query, signal: AbortSignal) {
  for await (const row of session.rows(countRow, { ...query, signal })) return row;
  return { examined: 0, matched: 0 };
}
