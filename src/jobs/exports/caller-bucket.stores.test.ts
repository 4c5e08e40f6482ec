/** The export worker with files in a bucket of the caller's: what it replaces there, and when. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { GenericSchema } from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { insertEvents, sendEvent } from "../../../test/support/mail-events.ts";
import { putObject } from "../../../test/support/put-object.ts";
import { slowEventDatabase } from "../../../test/support/slow-event-database.ts";
import type { EventDatabase, FileQuery } from "../../stores/clickhouse/event-database.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { cancelExportJob, findExportJob, insertExportJob } from "../../stores/postgres/export-jobs.ts";
import { type ExportWorker, startExportWorker } from "./worker.ts";

let database: ScopedDatabase;
let events: EventDatabase;
let folder: string;
let objects: ObjectStore;
let reports: ObjectStore;
let workers: ExportWorker[] = [];

beforeAll(async () => {
  const [postgres] = databases;
  const [clickhouse] = eventDatabases;
  if (!postgres || !clickhouse) throw new Error("there are no engines");
  database = await postgres.open();
  events = await clickhouse.open();
  await insertEvents(events, [sendEvent({ message: { subject: "told" } })]);
});
afterAll(() => database.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mailglass-caller-"));
  objects = await openFolder(folder, { sync: false });
  reports = await openFolder(join(folder, "reports"), { sync: false });
  await database.query("DELETE FROM export_jobs");
});
afterEach(async () => {
  for (const worker of workers) await worker.stop();
  workers = [];
  await objects.close();
  await reports.close();
  await rm(folder, { recursive: true });
});

function start(parts: { events?: EventDatabase; reports?: ObjectStore } = {}): ExportWorker {
  const worker = startExportWorker(
    {
      database,
      events: parts.events ?? events,
      objects,
      openBucket: async () => parts.reports ?? reports,
      recorder: { wake: () => {}, drained: async () => {}, stop: async () => {} },
      clock: () => new Date(),
      messages: "all",
      machines: "apart",
      maxRows: 10_000,
      log: { info: () => {}, error: () => {} },
    },
    1,
  );
  workers.push(worker);
  return worker;
}

async function createJob(destination: string): Promise<string> {
  const id = randomUUID();
  const source = { StartDate: new Date("2020-01-01"), EndDate: new Date("2030-01-01") };
  const dataSource = { MessageInsightsDataSource: source };
  const job = { id, sourceType: "MESSAGE_INSIGHTS", format: "JSON", dataSource, destination, now: new Date() } as const;
  await insertExportJob(database, job, 20);
  return id;
}

async function statusOf(id: string) {
  return (await findExportJob(database, id))?.status;
}

const becomes = (id: string, status: string) => eventually(async () => expect(await statusOf(id)).toBe(status));

/** All files, those under way included. */
async function files(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function read(key: string): Promise<string> {
  const stream = await reports.read(key);
  return stream ? text(stream) : "";
}

describe("a file that was there before", () => {
  it("is replaced by the job's", async () => {
    await putObject(reports, "a/x.json", [Buffer.from("before")]);
    const id = await createJob("s3://reports/a/x.json");
    start().wake();
    await becomes(id, "COMPLETED");
    expect(JSON.parse(await read("a/x.json"))).toMatchObject([{ subject: "told" }]);
    expect(await files()).toEqual([join(folder, "reports/a/x.json")]);
  });

  it.each(["x.json", "x.json.gz", "x.parquet"])("stays where the job for %s is cancelled", async (name) => {
    await putObject(reports, name, [Buffer.from("before")]);
    const { open, events: slow } = slowEventDatabase(events);
    // Rows, too, come by a stream.
    const openSession = async () => {
      const session = await slow.openSession();
      return {
        ...session,
        async *rows<const Row extends GenericSchema>(row: Row, query: Parameters<typeof session.rows>[1]) {
          if (query.sql.includes("examined")) yield* session.rows(row, query);
          else for await (const _chunk of await session.stream({ ...query, format: "JSONEachRow" }));
        },
      };
    };
    const worker = start({ events: { ...slow, openSession } });
    const id = await createJob(`s3://reports/${name}`);
    worker.wake();
    await eventually(() => expect(open.streams).toBe(1));
    expect(await cancelExportJob(database, id, new Date())).toBe(true);
    worker.cancelled(id);
    await eventually(() => expect(open.streams).toBe(0));
    await eventually(async () => expect(await files()).toEqual([join(folder, "reports", name)]));
    expect(await read(name)).toBe("before");
  });

  it.each(["x.json", "x.json.gz", "x.parquet"])("stays where the job for %s fails", async (name) => {
    await putObject(reports, name, [Buffer.from("before")]);
    const openSession = async () => {
      const session = await events.openSession();
      const { appendToFile } = session;
      const sql = "SELECT toString(throwIf(number = 100, 'broken')) FROM numbers(1000) SETTINGS max_block_size = 10";
      return {
        ...session,
        stream: (query: Parameters<typeof session.stream>[0]) => session.stream({ ...query, sql, parameters: {} }),
        appendToFile:
          appendToFile && ((query: FileQuery, path: string) => appendToFile({ ...query, sql, parameters: {} }, path)),
        rows: <const Row extends GenericSchema>(row: Row, query: Parameters<typeof session.rows>[1]) =>
          session.rows(row, query.sql.includes("examined") ? query : { ...query, sql, parameters: {} }),
      };
    };
    start({ events: { ...events, openSession } }).wake();
    const id = await createJob(`s3://reports/${name}`);
    await becomes(id, "FAILED");
    expect(await read(name)).toBe("before");
    expect(await files()).toEqual([join(folder, "reports", name)]);
  });

  it("stays where the job is cancelled just before its end", async () => {
    await putObject(reports, "x.json", [Buffer.from("before")]);
    const id = await createJob("s3://reports/x.json");
    const racing: ObjectStore = {
      ...reports,
      async write(key, type) {
        const writer = await reports.write(key, type);
        const write = async (chunk: Uint8Array) => {
          await writer.write(chunk);
          await cancelExportJob(database, id, new Date());
        };
        return { ...writer, write };
      },
    };
    const worker = start({ reports: racing });
    worker.wake();
    await becomes(id, "CANCELLED");
    await worker.stop();
    expect(await read("x.json")).toBe("before");
    expect(await files()).toHaveLength(1);
  });
});

it("can't be cancelled once its file is about to appear", async () => {
  const id = await createJob("s3://reports/x.json");
  let cancelled: boolean | undefined;
  const racing: ObjectStore = {
    ...reports,
    async write(key, type) {
      const writer = await reports.write(key, type);
      const finish = async () => {
        cancelled = await cancelExportJob(database, id, new Date());
        return writer.finish();
      };
      return { ...writer, finish };
    },
  };
  start({ reports: racing }).wake();
  await becomes(id, "COMPLETED");
  expect(cancelled).toBe(false);
  expect(JSON.parse(await read("x.json"))).toHaveLength(1);
});

it("writes to one key in all runs of a job, also where the name is left to it", async () => {
  const id = await createJob("s3://reports/daily/");
  let finishes = 0;
  const failing: ObjectStore = {
    ...reports,
    async write(key, type) {
      const writer = await reports.write(key, type);
      const finish = async () => {
        const size = await writer.finish();
        // As though the process had ended just after.
        if (finishes++ === 0) throw new Error("gone");
        return size;
      };
      return { ...writer, finish };
    },
  };
  start({ reports: failing }).wake();
  await becomes(id, "COMPLETED");
  const job = await findExportJob(database, id);
  expect(job).toMatchObject({ runs: 2, object_key: expect.stringMatching(/^daily\/\d{8}_\d{6}_[0-9a-f]{10}\.json$/) });
  expect(await files()).toEqual([join(folder, "reports", job?.object_key ?? "")]);
});
