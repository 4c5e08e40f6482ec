/** The common interface to ClickHouse, embedded (chDB) or as a server. */
import type { Readable } from "node:stream";
import type { ClickHouseClient } from "@clickhouse/client";
import type { GenericSchema, InferOutput } from "valibot";

/** A query whose result is streamed. */
export interface StreamedQuery {
  /**
   * One SELECT without a FORMAT clause; settings go into its SETTINGS clause. It must not contain scalar subqueries:
   * chDB evaluates them before the stream starts, on the event loop's thread (a subquery of 2 s blocked it for 2 s).
   */
  sql: string;
  /** Values for `{name:Type}`. Pass times as numbers: the two engines format a `Date` differently. */
  parameters?: Readonly<Record<string, unknown>>;
  /**
   * Called with the number of rows of each chunk before it can be read, if the engine knows it: chDB does, ClickHouse
   * over HTTP does not. Counting rows in the bytes would take the event loop as long as the engine takes for the query.
   */
  counted?: (rows: number) => void;
  /** Aborting it ends the stream with an error (`AbortError`) and stops the query in the engine. */
  signal?: AbortSignal;
}

/**
 * The format of a streamed result. Only formats without headers, footers or delimiters between rows: chDB repeats those
 * in each chunk (measured for CSVWithNames, TSVWithNames, JSON, CustomSeparated and Parquet).
 */
export type StreamFormat = "RawBLOB" | "JSONEachRow";

/** How rows to insert are compressed: with `zstd`, each element is a whole frame. */
export type RowCompression = "none" | "zstd";

/** A query whose rows, each a single text, are appended to a file as bytes. */
export type FileQuery = Pick<StreamedQuery, "sql" | "parameters" | "signal"> & {
  /** ASCII text between two rows; none by default. */
  between?: string;
  /** Called periodically with the number of rows read so far. */
  reading?: (rows: number) => void;
};

/** Reads large results. Several streams of a session may be open at once. */
export interface EventSession {
  /**
   * The result as bytes, with backpressure; memory holds two chunks (of at most 16,384 rows each).
   * A query that fails rejects here or, after the first rows, errors the stream; a stream that ends is complete.
   * Destroying the stream stops the query.
   */
  stream(query: StreamedQuery & { format: StreamFormat }): Promise<Readable>;
  /**
   * Appends the result to a file on this machine and resolves to the number of rows written. Undefined if the engine
   * can't write files itself; chDB can. After a failed or aborted query, the contents of the file are undefined.
   */
  readonly appendToFile?: (query: FileQuery, path: string) => Promise<number>;
  /**
   * The result as rows of a schema, one at a time; fails at a row that does not match it. 64-bit integers are numbers:
   * use `toString` in SQL for those beyond 2^53.
   */
  rows<const Row extends GenericSchema>(row: Row, query: StreamedQuery): AsyncIterable<InferOutput<Row>>;
  /** Closes open streams and stops their queries. */
  close(): Promise<void>;
}

/** What is used of the client: statements, and queries with small results, which are read as a whole. */
export type EventClient = Pick<ClickHouseClient, "query" | "command" | "insert">;

/** An event database with all migrations applied. Its errors are `ClickHouseError`s, with `code` as a string. */
export interface EventDatabase {
  readonly kind: "embedded" | "server";
  /** Safe for concurrent use. */
  readonly client: EventClient;
  /** Whether it surely has no events, because it is opened when it is needed and has not been: see `openWhenNeeded`. */
  isUnused(): boolean;
  /**
   * Adds rows, given as bytes: each element is one or more lines of JSONEachRow, compressed or not (the default).
   * Resolves once they are stored; if one is rejected, none is stored (up to a million rows in one partition). A row with
   * an unknown field is rejected. A frame that is cut short is not: check it with `isWholeZstdFrame`.
   */
  insertRows(table: string, rows: readonly Uint8Array[], compression?: RowCompression): Promise<void>;
  /** Opens a session for one task. The caller closes it. */
  openSession(): Promise<EventSession>;
  /** Stops work in progress, then closes. */
  close(): Promise<void>;
}
