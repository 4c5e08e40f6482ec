/**
 * ClickHouse in this process: chDB on a folder. Measured with chDB 3.4.0 (ClickHouse 26.7) on 2 cores:
 * - Opening takes 70 to 150 ms and about 50 MB, in addition to the library's own pages (190 MB resident, shared with
 *   the disk cache). Memory of a large query is freed within seconds.
 * - A session runs one query at a time (three sleeps of 0.5 s took 1.5 s) and keeps the settings that come with a
 *   query. Opening a session with its settings takes 1.3 ms, so each call gets its own: calls run concurrently and
 *   isolated.
 * - Inserts into the events table with its aggregation, each synced: 20,000 rows (9.4 MB) take 150 ms and 120 ms of
 *   processor time, a third of it for parsing; see embedded-insert.ts. `fsync_after_insert` and `fsync_part_directory`
 *   take 1 to 3 ms of that on a local SSD.
 * - A streamed result of 5 million rows (722 MB): 1.3 s and 230 MB of memory in the table's order, 2.4 s and 900 MB in
 *   another order. A query ends 25 ms after its stream is aborted.
 * - Five SIGKILLs during inserts lost none of 3,382 acknowledged rows.
 * - Worker threads can open the engine, but then never exit. One folder per process, one process per folder.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createClient } from "@clickhouse/client";
import { drainPending, Session } from "chdb";
import { holdExit } from "../../common/native-calls.ts";
import { DataFolderInUse } from "../postgres/folder-lock.ts";
import { embeddedConnection } from "./embedded-connection.ts";
import { appendEmbedded } from "./embedded-file.ts";
import { insertEmbedded } from "./embedded-insert.ts";
import { asClickHouseError, streamEmbedded } from "./embedded-stream.ts";
import type { EventDatabase, EventSession, FileQuery, StreamFormat } from "./event-database.ts";
import { createEventSession } from "./event-session.ts";
import { identifier } from "./identifier.ts";

/** Resource limits of the engine. */
export interface EngineLimits {
  /** Memory of one query in bytes. A query that exceeds it fails; the server continues. */
  queryMemory: number;
  /** Memory of one GROUP BY or ORDER BY in bytes. Above it, the query uses temporary files. */
  memoryBeforeSpill: number;
  /** Memory of the process as a fraction of the machine's (or its container's). Above it, queries fail. */
  memoryShare: number;
  /** Size of each of the caches for marks and primary keys in bytes. chDB's default is 5 GB. */
  cacheSize: number;
  /** Threads of one query. */
  threads: number;
}

/** Default limits: a laptop should hardly notice an export. */
export const defaultLimits: EngineLimits = {
  queryMemory: 2 * 1024 ** 3,
  memoryBeforeSpill: 256 * 1024 ** 2,
  memoryShare: 0.5,
  cacheSize: 128 * 1024 ** 2,
  threads: Math.min(4, availableParallelism()),
};

/**
 * Rows per block of a streamed result. With chDB's default of 65,409, sorted rows of 270 bytes came in chunks of 18 MB,
 * and scanning and writing them blocked the event loop.
 */
const streamedBlockRows = 8_192;

/**
 * Threads of a query that streams lines of a file: half the usual number, so that an export leaves processors for
 * requests. On 2 processors, one thread takes a fifth longer than two (400,000 rows: 279 ms instead of 229).
 */
function streamedThreads(limits: EngineLimits, format: StreamFormat): number {
  return format === "RawBLOB" ? Math.max(1, limits.threads >> 1) : limits.threads;
}

/**
 * Threads of a query whose result the engine writes to a file. With one thread, writing and computing alternate: writing
 * takes a third of the time of a large file, since the system must find memory for its pages. With two, one writes while
 * the other computes (5 million rows in 2.2 s instead of 2.9). No more: an export leaves processors for requests.
 */
function fileThreads(limits: EngineLimits): number {
  return Math.min(2, limits.threads);
}

/**
 * Opens the engine on a folder, creating the folder and the database in it if necessary; the caller applies migrations.
 * Throws `DataFolderInUse` if another process uses the folder.
 */
export async function openEmbedded(folder: string, database: string, limits: EngineLimits): Promise<EventDatabase> {
  await mkdir(folder, { recursive: true });
  const prepare = `USE ${identifier(database)}; SET ${sessionSettings(limits)}`;
  // Keeps the engine open between calls, and is always free to kill a query.
  const keeper = startEngine(folder, limits);
  const calls = new Set<Promise<unknown>>();
  const sessions = new Set<EventSession>();
  let closed = false;
  const releaseExit = holdExit(() => {
    closed = true;
    return drainPending();
  });
  try {
    await keeper.queryAsync(`CREATE DATABASE IF NOT EXISTS ${identifier(database)}`);
  } catch (error) {
    keeper.close();
    releaseExit();
    throw asClickHouseError(error);
  }

  return {
    kind: "embedded",
    isUnused: () => false,
    client: createClient({ connection: embeddedConnection(onSession) }),
    async insertRows(table, rows, compression = "none") {
      if (rows.every((bytes) => bytes.length === 0)) return;
      await onSession((session) => insertEmbedded(session, folder, { table, rows, compression }));
    },
    async openSession() {
      const closing = new AbortController();
      const writing = new Set<Promise<unknown>>();
      const streams = createEventSession(
        (query) =>
          call(async () => {
            const mark = randomUUID();
            const settings = `max_block_size = ${streamedBlockRows}, max_threads = ${streamedThreads(limits, query.format)}`;
            const native = await openSession(
              `, log_comment = '${mark}', ${settings}, output_format_json_quote_64bit_integers = 0`,
            );
            return streamEmbedded(native, query, () => kill(mark));
          }),
        () => sessions.delete(session),
      );
      const session: EventSession = {
        ...streams,
        async appendToFile(query, path) {
          const written = call(() => appendToFile(query, path, closing.signal));
          writing.add(written);
          return written.finally(() => writing.delete(written));
        },
        async close() {
          closing.abort(new Error("the session is closed"));
          await Promise.allSettled(writing);
          await streams.close();
        },
      };
      sessions.add(session);
      return session;
    },
    async close() {
      if (closed) return;
      closed = true;
      await Promise.all([...sessions].map((session) => session.close()));
      await Promise.allSettled(calls);
      keeper.close();
      await drainPending();
      releaseExit();
    },
  };

  async function appendToFile(query: FileQuery, path: string, closing: AbortSignal): Promise<number> {
    const mark = randomUUID();
    const session = await openSession(`, log_comment = '${mark}', max_threads = ${fileThreads(limits)}`);
    const signal = query.signal ? AbortSignal.any([query.signal, closing]) : closing;
    return appendEmbedded(session, { ...query, signal }, path, {
      kill: () => kill(mark),
      rowsRead: () => rowsRead(mark),
    });
  }

  /** The rows read by the query with this mark; 0 if none is running. */
  async function rowsRead(mark: string): Promise<number> {
    const sql = `SELECT toUInt64(sum(read_rows)) FROM system.processes WHERE Settings['log_comment'] = '${mark}'`;
    return onSession(async (session) => Number((await session.queryAsync(sql, { format: "TSV" })).text()));
  }

  async function onSession<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return call(async () => {
      const session = await openSession();
      try {
        return await work(session);
      } finally {
        session.close();
      }
    });
  }

  /** A new session with the database and the limits set. */
  async function openSession(settings = ""): Promise<Session> {
    const session = new Session(folder);
    try {
      await session.queryAsync(prepare + settings);
      return session;
    } catch (error) {
      session.close();
      throw asClickHouseError(error);
    }
  }

  /**
   * Stops the query of the session with this mark. Runs on this thread (4 ms), since all of libuv's threads may be busy
   * with the queries to kill. ASYNC, since SYNC waits for the end of the query, which never comes if nobody fetches its
   * result.
   */
  function kill(mark: string): void {
    keeper.queryBind("KILL QUERY WHERE Settings['log_comment'] = {mark:String} ASYNC", { mark });
  }

  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (closed) throw new Error("the event database is closed");
    const running = work();
    calls.add(running);
    try {
      return await running;
    } finally {
      calls.delete(running);
    }
  }
}

function startEngine(folder: string, limits: EngineLimits): Session {
  try {
    return new Session(folder, {
      connectionArgs: [
        `--max_server_memory_usage_to_ram_ratio=${limits.memoryShare}`,
        `--mark_cache_size=${limits.cacheSize}`,
        `--index_mark_cache_size=${limits.cacheSize}`,
        `--primary_index_cache_size=${limits.cacheSize}`,
        // Merges use what requests and queries leave of the processors: about a tenth if these want all of them.
        "--os_threads_nice_value_merge_mutate=10",
      ],
    });
  } catch (error) {
    const holder = holderOf(folder);
    if (holder === undefined) throw error;
    throw new DataFolderInUse(
      `the data folder ${folder} is in use by process ${holder}. Stop it, or give this server another MAILGLASS_DATA_DIR.`,
      { cause: error },
    );
  }
}

/** The ID of another process that uses the folder, from the file that ClickHouse keeps locked while it runs. */
function holderOf(folder: string): number | undefined {
  try {
    const pid = Number(/^PID: (\d+)/.exec(readFileSync(join(folder, "status"), "utf8"))?.[1]);
    // Throws if the process doesn't exist: it was killed and left the file behind.
    return pid !== process.pid && process.kill(pid, 0) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function sessionSettings(limits: EngineLimits): string {
  return [
    `max_memory_usage = ${limits.queryMemory}`,
    `max_bytes_before_external_group_by = ${limits.memoryBeforeSpill}`,
    `max_bytes_before_external_sort = ${limits.memoryBeforeSpill}`,
    `max_threads = ${limits.threads}`,
  ].join(", ");
}
