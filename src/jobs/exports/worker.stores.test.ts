/** The export worker: every end of a job, and what each leaves behind. */
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { insertEvents, sendEvent } from "../../../test/support/mail-events.ts";
import { slowEventDatabase } from "../../../test/support/slow-event-database.ts";
import type { EventDatabase, EventSession } from "../../stores/clickhouse/event-database.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { cancelExportJob, findExportJob, insertExportJob } from "../../stores/postgres/export-jobs.ts";
import { type ExportWorker, startExportWorker } from "./worker.ts";

const [chdb] = eventDatabases;

function expectFound<Thing>(found: Thing | undefined): Thing {
  if (found === undefined) throw new Error("it is not there");
  return found;
}

describe.each(databases)("the export worker on $name", ({ open }) => {
  let database: ScopedDatabase;
  let events: EventDatabase;
  let folder: string;
  let objects: ObjectStore;
  let workers: ExportWorker[] = [];
  let logged: object[] = [];

  beforeAll(async () => {
    database = await open();
    events = await expectFound(chdb).open();
    await insertEvents(events, [sendEvent(), sendEvent()]);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-worker-"));
    objects = await openFolder(folder, { sync: false });
    logged = [];
    await database.query("DELETE FROM export_jobs");
  });
  afterEach(async () => {
    for (const worker of workers) await worker.stop();
    workers = [];
    await objects.close();
    await rm(folder, { recursive: true });
  });

  interface Parts {
    events?: EventDatabase;
    objects?: ObjectStore;
    drained?: (signal?: AbortSignal) => Promise<void>;
  }

  function start(parts: Parts = {}): ExportWorker {
    const worker = startExportWorker(
      {
        database,
        events: parts.events ?? events,
        objects: parts.objects ?? objects,
        openBucket: async () => objects,
        recorder: { wake: () => {}, drained: parts.drained ?? (async () => {}), stop: async () => {} },
        clock: () => new Date(),
        messages: "all",
        machines: "apart",
        maxRows: 10_000,
        log: { info: () => {}, error: (details) => logged.push(details) },
      },
      1,
    );
    workers.push(worker);
    return worker;
  }

  async function createJob(): Promise<string> {
    const id = randomUUID();
    const source = { StartDate: new Date("2020-01-01"), EndDate: new Date("2030-01-01") };
    const job = {
      id,
      sourceType: "MESSAGE_INSIGHTS",
      format: "CSV",
      dataSource: { MessageInsightsDataSource: source },
    } as const;
    expect(await insertExportJob(database, { ...job, now: new Date() }, 20)).toBe(true);
    return id;
  }

  const job = async (id: string) => expectFound(await findExportJob(database, id));

  /** As a worker leaves a job that died in its run: the claim has run out. */
  async function leaveClaimed(id: string, runs: number): Promise<string> {
    const run = randomUUID();
    await database.query(
      `UPDATE export_jobs SET status = 'PROCESSING', run = $2, runs = $3, run_expires_at = now() - interval '1 second'
       WHERE id = $1`,
      [id, run, runs],
    );
    return run;
  }

  const becomes = (id: string, status: string) => eventually(async () => expect((await job(id)).status).toBe(status));

  /** All files, those under way included. */
  async function files(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  }

  it("completes a job, with one file that is there whole", async () => {
    const worker = start();
    const id = await createJob();
    worker.wake();
    await becomes(id, "COMPLETED");
    const done = await job(id);
    expect(done).toMatchObject({ processed_records: 2, exported_records: 2, error_message: null, run: null, runs: 1 });
    expect(await files()).toEqual([join(folder, done.object_key ?? "")]);
    expect(logged).toEqual([]);
  });

  it.each(["in this process", "in another process"])(
    "stops a running job that is cancelled %s, and leaves no file",
    async (where) => {
      const { open, events: slowEvents } = slowEventDatabase(events);
      const worker = start({ events: slowEvents });
      const id = await createJob();
      worker.wake();
      await eventually(() => expect(open.streams).toBe(1));
      expect(await files()).toHaveLength(1);
      expect(await cancelExportJob(database, id, new Date())).toBe(true);
      if (where === "in this process") worker.cancelled(id);
      await eventually(() => expect(open.streams).toBe(0));
      await eventually(async () => expect(await files()).toEqual([]));
      expect(await job(id)).toMatchObject({ status: "CANCELLED", object_key: null, run: null });
      expect(logged).toEqual([]);
      // It is free for the next.
      const next = await createJob();
      worker.wake();
      await becomes(next, "PROCESSING");
    },
  );

  it("never starts a job that was cancelled before", async () => {
    const id = await createJob();
    await cancelExportJob(database, id, new Date());
    start().wake();
    const other = await createJob();
    await becomes(other, "COMPLETED");
    expect(await job(id)).toMatchObject({ status: "CANCELLED", runs: 0 });
  });

  it("leaves no file where the cancel came when it was already written", async () => {
    const id = await createJob();
    const racing: ObjectStore = {
      ...objects,
      async write(key, type) {
        const writer = await objects.write(key, type);
        const finish = async () => {
          const size = await writer.finish();
          await cancelExportJob(database, id, new Date());
          return size;
        };
        return { ...writer, finish };
      },
    };
    start({ objects: racing }).wake();
    await becomes(id, "CANCELLED");
    await eventually(async () => expect(await files()).toEqual([]));
  });

  it("can be cancelled while it waits for the recorder", async () => {
    let waiting = 0;
    const drained = (signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        waiting++;
        signal?.addEventListener("abort", () => {
          waiting--;
          reject(signal.reason);
        });
      });
    const worker = start({ drained });
    const id = await createJob();
    worker.wake();
    await eventually(() => expect(waiting).toBe(1));
    await cancelExportJob(database, id, new Date());
    worker.cancelled(id);
    await eventually(() => expect(waiting).toBe(0));
    expect(await files()).toEqual([]);
  });

  it("takes up a job whose worker died, and removes the file that it left", async () => {
    const id = await createJob();
    const dead = await leaveClaimed(id, 1);
    const left = await objects.write(`exports/${id}/${dead}/left.csv`, "text/csv");
    await left.finish();
    start().wake();
    await becomes(id, "COMPLETED");
    const done = await job(id);
    expect(done.runs).toBe(2);
    await eventually(async () => expect(await files()).toEqual([join(folder, done.object_key ?? "")]));
  });

  it("gives way where another worker took the job over", async () => {
    const { open, events: slowEvents } = slowEventDatabase(events);
    const first = start({ events: slowEvents });
    const id = await createJob();
    first.wake();
    await eventually(() => expect(open.streams).toBe(1));
    const second = start();
    await eventually(async () => {
      // The first renews its claim twice a second: the second must come in between.
      await database.query(
        "UPDATE export_jobs SET run_expires_at = now() - interval '1 second' WHERE id = $1 AND status = 'PROCESSING'",
        [id],
      );
      second.wake();
      expect((await job(id)).status).toBe("COMPLETED");
    });
    await eventually(() => expect(open.streams).toBe(0));
    const done = await job(id);
    await eventually(async () => expect(await files()).toEqual([join(folder, done.object_key ?? "")]));
  });

  it("tries a job again whose query fails, and completes it", async () => {
    let failures = 1;
    const openSession = async () => {
      if (failures-- > 0) throw new Error("the event database is away");
      return events.openSession();
    };
    start({ events: { ...events, openSession } }).wake();
    const id = await createJob();
    await becomes(id, "COMPLETED");
    expect((await job(id)).runs).toBe(2);
    expect(logged).toHaveLength(1);
  });

  it.each([
    {
      what: "fails in the middle of the file",
      sql: "SELECT toString(throwIf(number = 100, 'broken')) FROM numbers(1000) SETTINGS max_block_size = 10",
      message: "The export failed because of an internal error. Try again; the server's log has the cause.",
    },
    {
      what: "needs more memory than it may take",
      sql: "SELECT arrayJoin(groupArray(toString(number))) FROM numbers(10000000) SETTINGS max_memory_usage = 10000000",
      message:
        "The export failed because its query needs more memory than the event database allows. Export a shorter time range, or use more filters or fewer dimensions.",
    },
  ])("fails a job whose query $what each time, and leaves no file", async ({ sql, message }) => {
    const openSession = async (): Promise<EventSession> => {
      const session = await events.openSession();
      const append = session.appendToFile;
      return {
        ...session,
        ...(append && { appendToFile: (query, path) => append({ ...query, sql, parameters: {} }, path) }),
        stream: (query) => session.stream({ ...query, sql, parameters: {} }),
      };
    };
    start({ events: { ...events, openSession } }).wake();
    const id = await createJob();
    await becomes(id, "FAILED");
    expect(await job(id)).toMatchObject({
      runs: 3,
      object_key: null,
      exported_records: null,
      error_message: message,
    });
    expect(await files()).toEqual([]);
    expect(logged).toHaveLength(3);
  });

  it("gives up a job whose runs end with their process", async () => {
    const id = await createJob();
    await leaveClaimed(id, 3);
    start().wake();
    await becomes(id, "FAILED");
    expect((await job(id)).error_message).toBe(
      "The export was given up after 3 runs that did not end. See the server's log.",
    );
  });

  it("doesn't count a run that waits for the recorder", async () => {
    let waiting = false;
    const drained = (signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        waiting = true;
        signal?.addEventListener("abort", () => reject(signal.reason));
      });
    const id = await createJob();
    await leaveClaimed(id, 2);
    const worker = start({ drained });
    await eventually(() => expect(waiting).toBe(true));
    expect(await job(id)).toMatchObject({ status: "PROCESSING", runs: 2 });
    await worker.stop();
    expect(await job(id)).toMatchObject({ status: "CREATED", runs: 2 });
    start().wake();
    await becomes(id, "COMPLETED");
    expect((await job(id)).runs).toBe(3);
  });

  it("gives a running job back when it stops, and another worker completes it", async () => {
    const { open, events: slowEvents } = slowEventDatabase(events);
    const worker = start({ events: slowEvents });
    const id = await createJob();
    worker.wake();
    await eventually(() => expect(open.streams).toBe(1));
    await worker.stop();
    expect(open.streams).toBe(0);
    expect(await job(id)).toMatchObject({ status: "CREATED", run: null, runs: 0 });
    expect(await files()).toEqual([]);
    start().wake();
    await becomes(id, "COMPLETED");
    expect(logged).toEqual([]);
  });

  it("completes each of many jobs once, with several workers", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, createJob));
    const several = [start(), start(), start()];
    for (const worker of several) worker.wake();
    for (const id of ids) await becomes(id, "COMPLETED");
    for (const id of ids) expect((await job(id)).runs).toBe(1);
    await eventually(async () => expect(await files()).toHaveLength(12));
  });
});
