import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { inMoreScopes } from "../../../test/support/more-scopes.ts";
import { parseData } from "../../common/parse-data.ts";
import { defaultScope, type ScopedDatabase } from "./database.ts";
import {
  cancelExportJob,
  claimExportJob,
  completeExportJob,
  countExportRuns,
  failExportJob,
  findExportJob,
  findExportJobOfUrl,
  insertExportJob,
  listExportJobs,
  type NewExportJob,
  postponeExportJob,
  releaseExportJob,
  renewExportJob,
  startFinishing,
} from "./export-jobs.ts";
import { storedDataSource } from "./stored-options.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const later = new Date("2026-11-23T12:40:00Z");
const result = { processedRecords: 20, exportedRecords: 10, objectKey: "exports/1", fileName: "export.csv" };

describe.each(databases)("export jobs in $name", ({ open }) => {
  let database: ScopedDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM export_jobs"));

  /** Adds a job; resolves to its id, or undefined where the limit forbids it. */
  const add = async (job: Partial<NewExportJob> = {}, limit = 1_000) => {
    const id = randomUUID();
    const whole: NewExportJob = {
      id,
      sourceType: "MESSAGE_INSIGHTS",
      format: "CSV",
      dataSource: { MessageInsightsDataSource: { StartDate: now, EndDate: later } },
      now,
      ...job,
    };
    return (await insertExportJob(database, whole, limit)) ? id : undefined;
  };
  const added = async (job: Partial<NewExportJob> = {}) => {
    const id = await add(job);
    if (id === undefined) throw new Error("the job was not added");
    return id;
  };
  const claim = async (seconds = 60) => {
    const run = randomUUID();
    return { run, job: await claimExportJob(database, run, seconds) };
  };
  const statusOf = async (id: string) => (await findExportJob(database, id))?.status;
  /** Lets all claims run out. */
  const expireClaims = () =>
    database.query("UPDATE export_jobs SET run_expires_at = now() - interval '1 second' WHERE run_expires_at > now()");

  test("one whose file is about to appear can't be cancelled, until its run has ended or died", async () => {
    const id = await added();
    expect(await startFinishing(database, randomUUID())).toBe(false);
    const first = await claim();
    expect(await startFinishing(database, first.run)).toBe(true);
    expect(await cancelExportJob(database, id, later)).toBe(false);
    // The run fails after all: the job waits for its next.
    await postponeExportJob(database, first.run, 0);
    expect(await startFinishing(database, first.run)).toBe(false);
    const second = await claim();
    expect(await startFinishing(database, second.run)).toBe(true);
    await releaseExportJob(database, second.run);
    const third = await claim();
    expect(await startFinishing(database, third.run)).toBe(true);
    await expireClaims();
    const fourth = await claim();
    expect(await startFinishing(database, third.run)).toBe(false);
    expect(await startFinishing(database, fourth.run)).toBe(true);
    await expireClaims();
    expect(await cancelExportJob(database, id, later)).toBe(true);
    expect(await startFinishing(database, fourth.run)).toBe(false);
  });

  test("a new one is found as it was made", async () => {
    const id = await added({ format: "JSON" });
    expect(await findExportJob(database, id)).toEqual({
      id,
      scope: defaultScope,
      position: expect.any(Number),
      source_type: "MESSAGE_INSIGHTS",
      status: "CREATED",
      data_format: "JSON",
      destination: null,
      data_source: { MessageInsightsDataSource: { StartDate: now.toISOString(), EndDate: later.toISOString() } },
      created_at: now,
      completed_at: null,
      processed_records: null,
      exported_records: null,
      error_message: null,
      object_key: null,
      file_name: null,
      run: null,
      runs: 0,
    });
    expect(await findExportJob(database, randomUUID())).toBeUndefined();
  });

  test("the source keeps the order of its dimensions", async () => {
    const Dimensions = { ISP: ["*"], EMAIL_IDENTITY: ["example.com"], CONFIGURATION_SET: ["*"] };
    const id = await added({
      sourceType: "METRICS_DATA",
      dataSource: {
        MetricsDataSource: { Dimensions, Namespace: "VDM", Metrics: [], StartDate: now, EndDate: later },
      },
    });
    const stored = parseData(storedDataSource, (await findExportJob(database, id))?.data_source, "the source");
    expect(Object.keys(stored.MetricsDataSource?.Dimensions ?? {})).toEqual([
      "ISP",
      "EMAIL_IDENTITY",
      "CONFIGURATION_SET",
    ]);
  });

  test("no more than the limit are open, counted by source", async () => {
    expect(await add({}, 1)).toBeDefined();
    expect(await add({}, 1)).toBeUndefined();
    expect(await add({ sourceType: "METRICS_DATA" }, 1)).toBeDefined();
    const { job } = await claim();
    expect(await add({}, 1)).toBeUndefined();
    await cancelExportJob(database, job?.id ?? "", now);
    expect(await add({}, 1)).toBeDefined();
  });

  test("belong to a scope: others don't find, list or cancel them, nor count them", async () => {
    const scopes = await inMoreScopes(database);
    const source = { MessageInsightsDataSource: { StartDate: now, EndDate: later } };
    const jobs = await Promise.all(
      scopes.map(async (own) => {
        const job = {
          id: randomUUID(),
          sourceType: "MESSAGE_INSIGHTS",
          format: "CSV",
          dataSource: source,
          now,
        } as const;
        expect(await insertExportJob(own, job, 1)).toBe(true);
        expect(await insertExportJob(own, { ...job, id: randomUUID() }, 1)).toBe(false);
        return { own, id: job.id };
      }),
    );
    for (const { own, id } of jobs) {
      expect((await listExportJobs(own, { limit: 10 })).map((job) => job.id)).toEqual([id]);
      for (const other of jobs) {
        const found = await findExportJob(own, other.id);
        expect([found?.id, found?.scope]).toEqual(
          other === jobs.find((job) => job.own === own) ? [id, own.scope] : [undefined, undefined],
        );
        if (other.own !== own) expect(await cancelExportJob(own, other.id, now)).toBe(false);
      }
      expect(await findExportJobOfUrl(database, id)).toMatchObject({ id, scope: own.scope });
    }
    // Workers take the jobs of all.
    const claimed = [await claim(), await claim(), await claim(), await claim()];
    expect(claimed.map(({ job }) => job?.scope ?? 0).sort()).toEqual([0, ...scopes.map(({ scope }) => scope)]);
    for (const { own, id } of jobs) expect(await cancelExportJob(own, id, now)).toBe(true);
  });

  test("of 30 that come at once, 20 find a place", async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => add({}, 20)));
    expect(ids.filter((id) => id !== undefined)).toHaveLength(20);
    expect(await listExportJobs(database, { limit: 100 })).toHaveLength(20);
  });

  test("are listed newest first, in pages, by source and status", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      ids.unshift(await added({ sourceType: index % 2 ? "METRICS_DATA" : "MESSAGE_INSIGHTS" }));
    }
    await cancelExportJob(database, ids[4] ?? "", now);
    const list = async (filter: { before?: number; sourceType?: string; status?: string; limit?: number }) =>
      (await listExportJobs(database, { limit: 100, ...filter })).map(({ id }) => id);
    expect(await list({})).toEqual(ids);
    expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
    const [, second] = await listExportJobs(database, { limit: 2 });
    expect(await list({ before: second?.position, limit: 2 })).toEqual(ids.slice(2, 4));
    expect(await list({ before: 0 })).toEqual([]);
    expect(await list({ sourceType: "METRICS_DATA" })).toEqual([ids[1], ids[3]]);
    expect(await list({ status: "CANCELLED" })).toEqual([ids[4]]);
    expect(await list({ sourceType: "METRICS_DATA", status: "CANCELLED" })).toEqual([]);
  });

  test("are claimed oldest first, each once, until none is left", async () => {
    const ids = [await added(), await added()];
    const first = await claim();
    expect(first.job).toMatchObject({ id: ids[0], status: "PROCESSING", run: first.run, runs: 1 });
    expect((await claim()).job?.id).toBe(ids[1]);
    expect((await claim()).job).toBeUndefined();
  });

  test("workers that claim at once get different ones", async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => added()));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim()));
    // A worker may find none when another's claim is under way; it asks again.
    const got = claims.flatMap(({ job }) => (job ? [job.id] : []));
    for (let more = await claim(); more.job; more = await claim()) got.push(more.job.id);
    expect(got.toSorted()).toEqual(ids.toSorted());
  });

  test("a claim that ran out goes to another run, and the earlier one can change nothing", async () => {
    const id = await added();
    const first = await claim();
    expect((await claim()).job).toBeUndefined();
    await expireClaims();
    const second = await claim();
    expect(second.job).toMatchObject({ id, run: second.run, runs: 2 });
    expect(await renewExportJob(database, { run: first.run, seconds: 60, progress: 5 })).toBe(false);
    expect(await completeExportJob(database, first.run, result, later)).toBe(false);
    await failExportJob(database, first.run, "late", later);
    await releaseExportJob(database, first.run);
    await postponeExportJob(database, first.run, 60);
    expect(await findExportJob(database, id)).toMatchObject({
      status: "PROCESSING",
      run: second.run,
      runs: 2,
      processed_records: null,
    });
    expect(await completeExportJob(database, second.run, result, later)).toBe(true);
  });

  test("a claim that ran out goes to one of those who ask at once", async () => {
    await added();
    await claim();
    await expireClaims();
    const claims = await Promise.all(Array.from({ length: 10 }, () => claim()));
    expect(claims.filter(({ job }) => job)).toHaveLength(1);
  });

  test("a renewal keeps the claim and tells the progress", async () => {
    const id = await added();
    const { run } = await claim(-1);
    expect(await renewExportJob(database, { run, seconds: 60, progress: undefined })).toBe(true);
    expect((await findExportJob(database, id))?.processed_records).toBeNull();
    expect(await renewExportJob(database, { run, seconds: 60, progress: 7 })).toBe(true);
    expect(await renewExportJob(database, { run, seconds: 60, progress: undefined })).toBe(true);
    expect((await findExportJob(database, id))?.processed_records).toBe(7);
    expect((await claim()).job).toBeUndefined();
  });

  test("a run that gets further than those before starts their count again", async () => {
    const id = await added();
    const runs = async () => (await findExportJob(database, id))?.runs;
    for (const [progress, expected] of [
      [5, 1],
      [5, 2],
      [4, 3],
      [6, 1],
      [undefined, 2],
    ] as const) {
      const { run } = await claim();
      await renewExportJob(database, { run, seconds: 60, progress });
      expect([progress, await runs()]).toEqual([progress, expected]);
      expect(await countExportRuns(database, run)).toBe(expected);
      await expireClaims();
    }
    expect(await countExportRuns(database, randomUUID())).toBeUndefined();
  });

  test("a completed one tells what came out, and nothing changes it", async () => {
    const id = await added();
    const { run } = await claim();
    expect(await completeExportJob(database, run, result, later)).toBe(true);
    const ended = await findExportJob(database, id);
    expect(ended).toMatchObject({
      status: "COMPLETED",
      completed_at: later,
      processed_records: 20,
      exported_records: 10,
      object_key: "exports/1",
      file_name: "export.csv",
      run: null,
    });
    expect(await cancelExportJob(database, id, later)).toBe(false);
    expect(await completeExportJob(database, run, result, later)).toBe(false);
    expect(await renewExportJob(database, { run, seconds: 60, progress: 1 })).toBe(false);
    await failExportJob(database, run, "late", later);
    await releaseExportJob(database, run);
    expect((await claim()).job).toBeUndefined();
    expect(await findExportJob(database, id)).toEqual(ended);
  });

  test("a failed one tells why", async () => {
    const id = await added();
    const { run } = await claim();
    await failExportJob(database, run, "it's full", later);
    expect(await findExportJob(database, id)).toMatchObject({
      status: "FAILED",
      completed_at: later,
      error_message: "it's full",
    });
    expect(await cancelExportJob(database, id, later)).toBe(false);
  });

  test("a cancelled one is not run, completed or cancelled again", async () => {
    const waiting = await added();
    expect(await cancelExportJob(database, waiting, later)).toBe(true);
    expect(await cancelExportJob(database, waiting, later)).toBe(false);
    expect(await cancelExportJob(database, randomUUID(), later)).toBe(false);
    expect((await claim()).job).toBeUndefined();
    const running = await added();
    const { run } = await claim();
    expect(await cancelExportJob(database, running, later)).toBe(true);
    expect(await renewExportJob(database, { run, seconds: 60, progress: 1 })).toBe(false);
    expect(await completeExportJob(database, run, result, later)).toBe(false);
    expect(await findExportJob(database, running)).toMatchObject({
      status: "CANCELLED",
      completed_at: later,
      object_key: null,
    });
  });

  test("completed and cancelled at once, it is one of them", async () => {
    for (let round = 0; round < 10; round++) {
      const id = await added();
      const { run } = await claim();
      const [completed, cancelled] = await Promise.all([
        completeExportJob(database, run, result, later),
        cancelExportJob(database, id, later),
      ]);
      expect(completed).toBe(!cancelled);
      expect(await statusOf(id)).toBe(completed ? "COMPLETED" : "CANCELLED");
    }
  });

  test("one given back waits as before, and its run didn't count", async () => {
    const id = await added();
    const { run } = await claim();
    await releaseExportJob(database, run);
    expect(await findExportJob(database, id)).toMatchObject({ status: "CREATED", run: null, runs: 0 });
    expect((await claim()).job).toMatchObject({ id, runs: 1 });
  });

  test("one postponed is not claimed before its time", async () => {
    const id = await added();
    await postponeExportJob(database, (await claim()).run, 60);
    expect((await claim()).job).toBeUndefined();
    await expireClaims();
    expect((await claim()).job).toMatchObject({ id, runs: 2 });
  });
});
