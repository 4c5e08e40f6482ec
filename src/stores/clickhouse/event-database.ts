/** The one interface to ClickHouse, whether it runs in this process (chDB) or is a server. */
import type { Readable } from "node:stream";
import type { ClickHouseClient } from "@clickhouse/client";
import type { GenericSchema, InferOutput } from "valibot";

/** A query whose result is read as a stream. */
export interface StreamedQuery {
  /**
   * One SELECT without a FORMAT clause; settings of its own go into its SETTINGS clause. Without scalar subqueries:
   * chDB computes those before the stream starts, on the event loop's thread (a subquery of 2 s stopped it for 2 s).
   */
  sql: string;
  /** Values for `{name:Type}`. Times as numbers: the two kinds write a `Date` differently. */
  parameters?: Readonly<Record<string, unknown>>;
  /**
   * Told the rows of each piece before it can be read, by an engine that knows them: chDB does, ClickHouse over HTTP
   * does not. To count them in the bytes takes the event loop as long as the query takes the engine.
   */
  counted?: (rows: number) => void;
  /** Aborting it ends the stream with an error (`AbortError`), and the query in the engine. */
  signal?: AbortSignal;
}

/**
 * How a streamed result is laid out. Only formats without headers, footers or delimiters between rows:
 * chDB repeats those in each chunk (measured for CSVWithNames, TSVWithNames, JSON, CustomSeparated and Parquet).
 */
export type StreamFormat = "RawBLOB" | "JSONEachRow";

/** A query whose rows, each the bytes of one text, are appended to a file. */
export type FileQuery = Pick<StreamedQuery, "sql" | "parameters" | "signal"> & {
  /** Told now and then how many rows the query has read. */
  reading?: (rows: number) => void;
};

/** Reads large results. Several streams of a session may be open at once. */
export interface EventSession {
  /**
   * The result as bytes, as fast as they are read; memory holds two chunks (of at most 16,384 rows each).
   * A query that fails rejects here or, where rows went before, errors the stream; a stream that ends is whole.
   * Destroying the stream stops the query.
   */
  stream(query: StreamedQuery & { format: StreamFormat }): Promise<Readable>;
  /**
   * Appends the result to a file on this machine and resolves to the number of rows written, where the engine can write
   * one by itself: chDB. What a query that failed or was aborted has left in the file is undefined.
   */
  readonly appendToFile?: (query: FileQuery, path: string) => Promise<number>;
  /** The result as rows of a schema, one by one; fails at one that is not of it. 64-bit integers are numbers: `toString` those beyond 2^53 in the SQL. */
  rows<const Row extends GenericSchema>(row: Row, query: StreamedQuery): AsyncIterable<InferOutput<Row>>;
  /** Stops what is still open. */
  close(): Promise<void>;
}

/** An open event database with all migrations applied. Its errors are `ClickHouseError`s, their `code` as text. */
export interface EventDatabase {
  readonly kind: "embedded" | "server";
  /** For statements and for queries with a small result, which comes whole. Safe to share. */
  readonly client: ClickHouseClient;
  /**
   * Adds rows, given as bytes: each element is one or more lines of JSONEachRow. Resolves once they are stored; nothing
   * is stored if one is refused (of up to a million rows in one partition). A field that no column has is refused.
   */
  insertRows(table: string, rows: readonly Uint8Array[]): Promise<void>;
  /** Opens a session for one piece of work. The caller closes it. */
  openSession(): Promise<EventSession>;
  /** Stops what is under way, then closes. */
  close(): Promise<void>;
}
