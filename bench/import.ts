/**
 * Import jobs through the API on a PostgreSQL server, compared with COPY of the same rows into an equivalent table:
 * first suppressed addresses, then contacts with topics and attributes; and the server's peak memory with one file and
 * with one of 4 times the rows.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ImportDestination } from "@aws-sdk/client-sesv2";
import pg from "pg";
import { contactsOf, createImport, endOfImport, suppressionPut } from "../test/support/import-jobs.ts";
import { removeFolder, startServer, temporaryFolder } from "../test/support/server-process.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { peakMegabytes } from "./simulated-server.ts";

export const name = "import";
export const description = "Import jobs of 1,000,000 rows into a PostgreSQL server, beside COPY of the same rows.";

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000);
const rounds = 3;

/** The imported data: the lines of the file, and the same rows in COPY's text format. */
interface Kind {
  what: string;
  table: string;
  destination: ImportDestination;
  header: string;
  line(row: number): string;
  copyLine(row: number): string;
}

const address = (row: number) => `user.${Math.imul(row, 0x9e3779b1) >>> 0}@example${row % 1_000}.com`;
const stamp = "2026-01-01 00:00:00+00";
const attributes = (row: number) => `{"Name": "Person ${row}", "City": "Rome"}`;
const kinds: readonly Kind[] = [
  {
    what: "suppressed addresses",
    table: "suppressed_destinations",
    destination: suppressionPut,
    header: "",
    line: (row) => `${address(row)},${row % 5 === 0 ? "COMPLAINT" : "BOUNCE"}\n`,
    copyLine: (row) => `\t${address(row)}\t${row % 5 === 0 ? "COMPLAINT" : "BOUNCE"}\t${stamp}\t\\N\t\\N\n`,
  },
  {
    what: "contacts",
    table: "contacts",
    destination: contactsOf("people", "PUT"),
    header: "emailAddress,unsubscribeAll,attributesData,topicPreferences.Sports,topicPreferences.Cycling\n",
    line: (row) => `${address(row)},${row % 9 === 0},${attributes(row)},OPT_IN,${row % 2 === 0 ? "OPT_OUT" : ""}\n`,
    copyLine: (row) =>
      `people\t${address(row)}\t${row % 9 === 0}\t${attributes(row)}\t{"Sports": "OPT_IN"${row % 2 === 0 ? ', "Cycling": "OPT_OUT"' : ""}}\t${stamp}\t${stamp}\n`,
  },
];

/** Throws if an import lacks rows. */
export async function* run(): AsyncGenerator<Figure> {
  const postgres = fork(join(import.meta.dirname, "../test/support/postgres-server-process.ts"));
  const [told] = await once(postgres, "message");
  const url = `${told}/postgres`;
  const dataDir = await temporaryFolder();
  const database = new pg.Client({ connectionString: url });
  try {
    await database.connect();
    await (await start(dataDir, url)).stop();
    await database.query(
      `INSERT INTO contact_lists (scope, name, topics, tags, created_at, updated_at)
       VALUES (1, 'people', '[{"TopicName": "Sports"}, {"TopicName": "Cycling"}]', '[]', now(), now())`,
    );
    for (const kind of kinds) {
      await writeFile(dataDir, kind, rows);
      const ours: number[] = [];
      const copies: number[] = [];
      let peak = 0;
      for (let round = 0; round < rounds; round++) {
        await database.query(`TRUNCATE ${kind.table}`);
        await database.query("CHECKPOINT");
        const imported = await timeImport(dataDir, url, kind, rows);
        await expectRows(database, kind, rows);
        ours.push(imported.seconds);
        peak = Math.max(peak, imported.peak);
        await database.query(`TRUNCATE ${kind.table}`);
        await database.query("CHECKPOINT");
        copies.push(await timeCopy(url, kind));
        await expectRows(database, kind, rows);
      }
      yield figure(`${rows} ${kind.what}, beside COPY`, median(ours), median(copies), "s");
      await database.query(`TRUNCATE ${kind.table}`);
      await writeFile(dataDir, kind, 4 * rows);
      const larger = await timeImport(dataDir, url, kind, 4 * rows);
      await expectRows(database, kind, 4 * rows);
      yield figure(`peak memory with ${4 * rows} ${kind.what}, beside ${rows}`, larger.peak, peak, "MB");
    }
  } finally {
    await database.end();
    postgres.disconnect();
    await once(postgres, "exit");
    await removeFolder(dataDir);
  }
}

function figure(what: string, ours: number, reference: number, unit: string): Figure {
  return figureOf({ bench: name, figure: what, ours, reference, unit });
}

function start(dataDir: string, url: string) {
  const environment = {
    MAILGLASS_POSTGRES_URL: url,
    MAILGLASS_IMPORT_MAX_SUPPRESSIONS: "0",
    MAILGLASS_IMPORT_MAX_CONTACTS: "0",
    MAILGLASS_LOG_LEVEL: "warn",
  };
  return startServer({ dataDir, environment });
}

async function timeImport(dataDir: string, url: string, kind: Kind, expected: number) {
  const server = await start(dataDir, url);
  try {
    const client = server.client();
    const job = await endOfImport(client, await createImport(client, "s3://bench/file.csv", kind.destination));
    if (job.JobStatus !== "COMPLETED" || job.ProcessedRecordsCount !== expected || job.FailedRecordsCount !== 0) {
      throw new Error(`the import is ${JSON.stringify(job)}`);
    }
    const seconds = ((job.CompletedTimestamp?.getTime() ?? Number.NaN) - (job.CreatedTimestamp?.getTime() ?? 0)) / 1000;
    return { seconds, peak: await peakMegabytes(server.pid) };
  } finally {
    await server.stop();
  }
}

/** Measures the equivalent of psql's \copy: sends the rows to the server into a table with its index. */
async function timeCopy(url: string, kind: Kind): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const copy = new CopyIn(`COPY ${kind.table} FROM STDIN`, chunksOf(kind.copyLine, rows));
    const began = performance.now();
    client.query(copy);
    await copy.done;
    return (performance.now() - began) / 1000;
  } finally {
    await client.end();
  }
}

/** COPY FROM STDIN, which pg doesn't implement: sends the rows as CopyData messages. */
class CopyIn implements pg.Submittable {
  readonly #text: string;
  readonly #chunks: Buffer[];
  readonly done: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: Error) => void = () => {};

  constructor(text: string, chunks: Iterable<string>) {
    this.#text = text;
    // Built before the timer starts: only COPY is timed.
    this.#chunks = Array.from(chunks, (chunk) => Buffer.from(chunk));
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#text);
  }
  handleCopyInResponse(connection: pg.Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }) {
    for (const chunk of this.#chunks) connection.sendCopyFromChunk(chunk);
    connection.endCopyFrom();
  }
  handleError(error: Error): void {
    this.#reject(error);
  }
  handleCommandComplete(): void {}
  handleReadyForQuery(): void {
    this.#resolve();
  }
}

async function expectRows(database: pg.Client, { table }: Kind, expected: number): Promise<void> {
  const { rows: found } = await database.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${table}`);
  if (Number(found[0]?.rows) !== expected) throw new Error(`${table} has ${found[0]?.rows} rows, not ${expected}`);
}

async function writeFile(dataDir: string, { header, line }: Kind, count: number): Promise<void> {
  const folder = join(dataDir, "objects", "bench");
  await mkdir(folder, { recursive: true });
  const content = function* () {
    yield header;
    yield* chunksOf(line, count);
  };
  await pipeline(Readable.from(content()), createWriteStream(join(folder, "file.csv")));
}

function* chunksOf(line: (row: number) => string, count: number): Generator<string> {
  const linesAtATime = 1_000;
  for (let row = 0; row < count; row += linesAtATime) {
    yield Array.from({ length: Math.min(linesAtATime, count - row) }, (_, index) => line(row + index)).join("");
  }
}
