/**
 * PostgreSQL in this process: PGlite in a folder. It has one connection, so statements queue and a transaction blocks
 * all others. It never syncs to disk, even with fsync=on: it survives a killed process, but not a power failure.
 */
import { messages, PGlite, protocol, types } from "@electric-sql/pglite";
import type { Database, StatementParameter } from "./database.ts";
import { type EngineFailed, EngineFailure, readReport } from "./embedded-failure.ts";

const { serialize } = protocol;

/** Ends each use of a prepared statement. */
const executeAndSync = Buffer.concat([serialize.execute({}), serialize.sync()]);

/** A folder is written by the system's calls themselves: PGlite has nothing to bring up to date after a statement. */
const written = { syncToFs: false };

/**
 * PostgreSQL's page cache takes memory as it is used. It would take all of it at the start from `mmap`, the default, which
 * PGlite fills with zeros one byte after the other: 150 ms of CPU for 32 MB, a second for PostgreSQL's default of 128 MB.
 * With 32 MB, a lookup by key in a table of 100 MB takes 80 us instead of 40; smaller tables are as fast.
 */
const cacheSettings = ["shared_memory_type=sysv", "shared_buffers=32MB"];

/** How many lines of PostgreSQL's log are kept for the error of a start that fails. */
const keptLines = 50;

/** How to open the database. */
export interface EmbeddedOptions {
  /** Initializes a new database. */
  readonly dump?: Blob | undefined;
  /**
   * Called when PostgreSQL stops for good (a PANIC), such as when the disk is full. It must end the process: PGlite
   * would then spin forever on this thread.
   */
  readonly failed?: EngineFailed | undefined;
}

/**
 * Opens the database in a folder that this process has locked (`memory://`: in memory).
 * @throws EngineFailure if PostgreSQL can't start on the folder
 */
export async function openEmbedded(folder: string, { dump, failed }: EmbeddedOptions = {}): Promise<Database> {
  const lines: string[] = [];
  let started = false;
  const lite = await PGlite.create({
    dataDir: folder,
    startParams: [...PGlite.defaultStartParams, ...cacheSettings.flatMap((setting) => ["-c", setting])],
    loadDataDir: dump,
    onStderr(line) {
      if (!started && lines.push(line) > keptLines) lines.shift();
      if (/\bPANIC: {2}/.test(line)) {
        const failure = new EngineFailure(folder, readReport([line]) ?? line, started);
        if (started) failed?.(failure);
        // Leaves PostgreSQL's code, which would spin.
        throw failure;
      }
      return false;
    },
    parsers: {
      [types.INT8]: Number,
      [types.TIMESTAMPTZ]: (text: string) => new Date(text),
      [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), "hex"),
    },
    // PGlite's own serializer works byte by byte: 85 us for a KB, where this one takes less than 5.
    serializers: { [types.BYTEA]: hexadecimal },
  }).catch((error: unknown) => {
    const report = error instanceof EngineFailure ? undefined : readReport(lines);
    throw report === undefined ? error : new EngineFailure(folder, report, false, { cause: error });
  });
  started = true;
  lines.length = 0;
  const exclusive = createQueue();
  const prepared = new Map<string, string>();

  return {
    kind: "embedded",
    query: <Row extends object>(text: string, parameters: readonly unknown[] = []) =>
      exclusive(async () => (await lite.query<Row>(text, [...parameters])).rows),
    run: async (text, parameters) => {
      await exclusive(() => runPrepared(text, parameters));
    },
    texts: (text, parameters) => exclusive(() => runPrepared(text, parameters)),
    transaction: (work) =>
      exclusive(() =>
        lite.transaction((transaction) =>
          work({
            async query<Row extends object>(text: string, parameters: readonly unknown[] = []) {
              return (await transaction.query<Row>(text, [...parameters])).rows;
            },
          }),
        ),
      ),
    close: () => exclusive(() => lite.close()),
  };

  /** PGlite parses, describes and plans a statement at each `query`: an insert takes 450 us, but 150 us prepared. */
  async function runPrepared(text: string, parameters: readonly StatementParameter[]): Promise<(string | null)[][]> {
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = `statement_${prepared.size}`;
      await lite.execProtocol(Buffer.concat([serialize.parse({ name: statement, text }), serialize.sync()]), written);
      prepared.set(text, statement);
    }
    const bind = serialize.bind({ statement, values: parameters.map(bindable) });
    const answer = await lite.execProtocol(Buffer.concat([bind, executeAndSync]), written);
    return answer.messages.flatMap((message) => (message instanceof messages.DataRowMessage ? [message.fields] : []));
  }
}

/** Runs one task at a time, in order: a statement must not run inside another caller's transaction. */
function createQueue(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

/** A parameter as the protocol takes it: a text, or the bytes of a bytea. */
function bindable(value: StatementParameter): string | Uint8Array | null {
  if (typeof value === "number") return String(value);
  return value instanceof Date ? value.toISOString() : value;
}

function hexadecimal(value: unknown): string {
  if (!(value instanceof Uint8Array)) throw new TypeError("a bytea parameter must be bytes");
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
}
