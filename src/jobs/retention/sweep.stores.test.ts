import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { inMoreScopes } from "../../../test/support/more-scopes.ts";
import { createMessageId } from "../../events/message-id.ts";
import { encodeEvent, recordVersion } from "../../events/record.ts";
import { simulateTraffic } from "../../simulation/traffic.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { openWhenNeeded } from "../../stores/clickhouse/open-when-needed.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import { openObjectStore } from "../../stores/objects/open-object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import {
  claimExportJob,
  completeExportJob,
  findExportJob,
  insertExportJob,
  listExportJobs,
} from "../../stores/postgres/export-jobs.ts";
import {
  claimImportJob,
  completeImportJob,
  findImportJob,
  insertImportJob,
} from "../../stores/postgres/import-jobs.ts";
import { insertInboxRemovals, selectInboxRemovals } from "../../stores/postgres/inbox.ts";
import { markInboxRead, selectInboxMarks } from "../../stores/postgres/inbox-marks.ts";
import { insertOutboxRows } from "../../stores/postgres/outbox.ts";
import { insertWebhookDeliveries } from "../../stores/postgres/webhook-deliveries.ts";
import { type Retention, sweep } from "./sweep.ts";

const now = new Date("2026-11-23T12:00:00Z");
const never: Retention = { eventDays: 0, mailDays: 0, exportFileDays: 0, jobDays: 0, webhookLogDays: 0 };
const { signal } = new AbortController();

describe.each(databases)("a sweep with $name", ({ open }) => {
  let folder: string;
  let database: ScopedDatabase;
  let objects: ObjectStore;
  let events: EventDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-sweep-"));
    database = await open();
    objects = await openObjectStore({ folder, sync: false });
    const [kind] = eventDatabases;
    if (!kind) throw new Error("there are no event databases");
    events = await kind.open();
  });
  afterAll(async () => {
    await objects.close();
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (retention: Partial<Retention>) =>
    sweep({ database, events, objects, clock: () => now }, { ...never, ...retention }, signal);

  async function endedJob(
    ended: Date,
    destination?: string,
    owner: ScopedDatabase = database,
  ): Promise<{ id: string; key: string }> {
    const id = randomUUID();
    const run = randomUUID();
    const key = `exports/${id}/file.csv`;
    const job = { id, sourceType: "METRICS_DATA", format: "CSV", dataSource: {}, destination, now: ended } as const;
    await insertExportJob(owner, job, 99);
    await claimExportJob(database, run, 60);
    const writer = await objects.write(key, "text/csv");
    await writer.write(Buffer.from("x"));
    await writer.finish();
    const result = { processedRecords: 1, exportedRecords: 1, objectKey: key, fileName: "file.csv" };
    expect(await completeExportJob(database, run, result, ended)).toBe(true);
    return { id, key };
  }

  it("removes the files and jobs of all accounts and regions", async () => {
    const scopes = await inMoreScopes(database);
    const ended = new Date("2026-08-01T00:00:00Z");
    const jobs = await Promise.all(scopes.map((own) => endedJob(ended, undefined, own)));
    expect(await run({ exportFileDays: 7, jobDays: 90 })).toMatchObject({ files: 3, jobs: 3 });
    for (const { key } of jobs) expect(await objects.info(key)).toBeUndefined();
    for (const own of scopes) expect(await listExportJobs(own, { limit: 10 })).toEqual([]);
  });

  it("removes files first, then jobs, each at its age", async () => {
    const old = await endedJob(new Date("2026-08-01T00:00:00Z"));
    const recent = await endedJob(new Date("2026-11-20T00:00:00Z"));
    expect(await run({})).toEqual({ files: 0, packs: 0, jobs: 0, webhookLogRows: 0, archiveFiles: 0 });
    expect(await run({ exportFileDays: 7 })).toMatchObject({ files: 1, jobs: 0 });
    expect(await objects.info(old.key)).toBeUndefined();
    expect(await findExportJob(database, old.id)).toMatchObject({ status: "COMPLETED", object_key: null });
    expect(await objects.info(recent.key)).toBeDefined();
    expect(await run({ jobDays: 90 })).toMatchObject({ files: 0, jobs: 1 });
    expect(await findExportJob(database, old.id)).toBeUndefined();
    // A job that goes takes its file along, whatever the age of files.
    expect(await run({ jobDays: 1 })).toMatchObject({ files: 1, jobs: 1 });
    expect(await objects.info(recent.key)).toBeUndefined();
  });

  it("removes the records that an import could not take, and then the import", async () => {
    const ended = new Date("2026-08-01T00:00:00Z");
    const id = randomUUID();
    const owner = randomUUID();
    const key = `imports/${id}/failed-records.csv`;
    const s3Url = "s3://lists/file.csv";
    const job = { id, destinationType: "SUPPRESSION_LIST", action: "PUT", s3Url, format: "CSV", now: ended } as const;
    await insertImportJob(database, job, 99);
    await claimImportJob(database, owner, 60);
    const writer = await objects.write(key, "text/csv");
    await writer.write(Buffer.from("x"));
    await writer.finish();
    expect(await completeImportJob(database, owner, key, ended)).toBe(true);

    expect(await run({ exportFileDays: 200 })).toMatchObject({ files: 0, jobs: 0 });
    expect(await run({ exportFileDays: 7 })).toMatchObject({ files: 1, jobs: 0 });
    expect(await objects.info(key)).toBeUndefined();
    expect(await findImportJob(database, id)).toMatchObject({ status: "COMPLETED", failed_key: null });
    expect(await run({ jobDays: 90 })).toMatchObject({ files: 0, jobs: 1 });
    expect(await findImportJob(database, id)).toBeUndefined();
  });

  it("forgets which messages were taken out of the inbox, with their events", async () => {
    const ids = [new Date("2026-08-01T00:00:00Z"), now].map((at) => createMessageId(at));
    await insertInboxRemovals(database, ids);
    await run({ mailDays: 30 });
    expect(await selectInboxRemovals(database, undefined, ids)).toEqual(new Set(ids));
    await run({ eventDays: 30 });
    expect(await selectInboxRemovals(database, undefined, ids)).toEqual(new Set(ids.slice(1)));
  });

  it("deletes events that wait until the event database is opened, and does not open it", async () => {
    const unused = openWhenNeeded(() => Promise.reject(new Error("nothing needs it")));
    const ids = ["2026-08-01T00:00:00Z", "2026-11-22T00:00:00Z"].map((at) => createMessageId(new Date(at)));
    const rest = {
      scope: defaultScope,
      events: 1,
      payload: Buffer.from(""),
      version: recordVersion,
      recipients: 1,
      now,
    };
    const rows = ids.map((id) => ({ ...rest, firstMessageId: id, lastMessageId: id }));
    await insertOutboxRows(database, rows);
    await sweep({ database, events: unused, objects, clock: () => now }, { ...never, eventDays: 30 }, signal);
    const left = await database.query("SELECT last_message_id AS id FROM outbox");
    expect(left).toEqual([{ id: ids[1] }]);
    await database.query("DELETE FROM outbox");
  });

  it("removes what was posted to webhooks long ago from their log", async () => {
    const [webhook] = await database.query<{ id: string }>(
      `INSERT INTO webhooks (scope, name, url, envelope, event_types, created_at)
       VALUES (1, 'a', 'https://a.example/', 'event', '{}', now()) RETURNING id`,
    );
    const payload = Buffer.from("");
    for (const ended of ["2026-11-01T00:00:00Z", "2026-11-22T00:00:00Z"]) {
      const endedAt = new Date(ended);
      await insertWebhookDeliveries(database, { webhook: webhook?.id ?? "", endedAt, failures: 0, payload });
    }
    expect(await run({ webhookLogDays: 30 })).toMatchObject({ webhookLogRows: 0 });
    expect(await run({ webhookLogDays: 7 })).toMatchObject({ webhookLogRows: 1 });
    expect(await database.query("SELECT ended_at::date::text AS day FROM webhook_deliveries")).toEqual([
      { day: "2026-11-22" },
    ]);
  });

  it("removes no file that lies in a bucket of its caller's, but the jobs", async () => {
    const ended = new Date("2026-08-01T00:00:00Z");
    // A file of Mailglass's own has the same key as each: that must not go either.
    const theirs = await endedJob(ended, "s3://reports/file.csv");
    const alike = await endedJob(ended, "s3://downloads/file.csv");
    const own = await endedJob(ended, "s3://download/file.csv");
    expect(await run({ exportFileDays: 7 })).toMatchObject({ files: 1, jobs: 0 });
    expect(await findExportJob(database, theirs.id)).toMatchObject({ object_key: theirs.key });
    expect(await run({ jobDays: 90 })).toMatchObject({ files: 0, jobs: 3 });
    for (const { key } of [theirs, alike]) expect(await objects.info(key)).toBeDefined();
    expect(await objects.info(own.key)).toBeUndefined();
  });

  it("removes a file that no job knows of, once it is old enough", async () => {
    const key = `exports/${randomUUID()}/stray.csv`;
    const writer = await objects.write(key, "text/csv");
    await writer.finish();
    const later = new Date(Date.now() + 8 * 24 * 3600 * 1000);
    const at = (clock: Date, exportFileDays: number) =>
      sweep({ database, events, objects, clock: () => clock }, { ...never, exportFileDays }, signal);
    await at(new Date(), 7);
    expect(await objects.info(key)).toBeDefined();
    await at(later, 7);
    expect(await objects.info(key)).toBeUndefined();
  });

  it("removes the mail of days that are wholly older", async () => {
    for (const day of ["2026/10/23", "2026/10/24", "2026/11/23"]) {
      await objects.appendToPack(`mail/${day}`, [Buffer.from("mail")]);
    }
    expect(await run({ mailDays: 30 })).toMatchObject({ packs: 1 });
    const left: string[] = [];
    for await (const { key } of objects.list("mail/")) left.push(key.slice(0, 15));
    expect(left.sort()).toEqual(["mail/2026/10/24", "mail/2026/11/23"]);
  });

  it("removes a million packs in batches, and lists no younger ones", async () => {
    let deleted = 0;
    let largest = 0;
    let listed = 0;
    const many: ObjectStore = {
      ...objects,
      async deleteAll(keys) {
        largest = Math.max(largest, keys.length);
        deleted += keys.length;
      },
      async *list() {
        const modified = new Date();
        for (const day of ["2026/09/01", "2026/11/23"]) {
          for (let pack = 0; pack < 1_000_000; pack++) {
            listed++;
            // As S3 lists keys: in their order, whatever is deleted meanwhile.
            yield { key: `mail/${day}/${String(pack).padStart(7, "0")}.pack`, size: 1, modified };
          }
        }
      },
    };
    const services = { database, events, objects: many, clock: () => now };
    expect(await sweep(services, { ...never, mailDays: 30 }, signal)).toMatchObject({ packs: 1_000_000 });
    expect({ deleted, largest, listed }).toEqual({ deleted: 1_000_000, largest: 1_000, listed: 1_000_001 });
  });

  it("stops between two batches when it is aborted", async () => {
    const stopping = new AbortController();
    let deleted = 0;
    const many: ObjectStore = {
      ...objects,
      async deleteAll(keys) {
        deleted += keys.length;
        stopping.abort();
      },
      async *list() {
        for (let pack = 0; ; pack++) yield { key: `mail/2026/09/01/${pack}.pack`, size: 1, modified: new Date() };
      },
    };
    const services = { database, events, objects: many, clock: () => now };
    const removed = await sweep(services, { ...never, mailDays: 30 }, stopping.signal);
    expect([removed.packs, deleted]).toEqual([1_000, 1_000]);
  });
});

describe.each(eventDatabases)("a sweep of events in $kind", ({ open }) => {
  it("removes what was sent before, in whole months and in a part of one, and nothing else", async () => {
    const events = await open();
    const traffic = [...simulateTraffic({ scope: defaultScope, messages: 2_000, days: 120, seed: 3, until: now })];
    await events.insertRows(
      "events",
      traffic.flat().map((event) => Buffer.from(encodeEvent(event))),
    );
    const [database] = databases;
    if (!database) throw new Error("there are no databases");
    const opened = await database.open();
    const folder = await mkdtemp(join(tmpdir(), "mailglass-sweep-"));
    const objects = await openObjectStore({ folder, sync: false });
    const sent = (daysAgo: number) => createMessageId(new Date(now.getTime() - daysAgo * 24 * 3600 * 1000));
    const marked = [sent(41), sent(39)].map((id) => ({ id, scope: defaultScope }));
    await markInboxRead(opened, marked, true);
    await sweep({ database: opened, events, objects, clock: () => now }, { ...never, eventDays: 40 }, signal);
    const marks = await selectInboxMarks(
      opened,
      marked.map(({ id }) => id),
    );
    expect(marks.map(({ messageId }) => messageId)).toEqual([marked[1]?.id]);
    await objects.close();
    await opened.close();
    await rm(folder, { recursive: true });

    const cutoff = now.getTime() - 40 * 24 * 3600 * 1000;
    const kept = traffic.filter(([sent]) => sent !== undefined && sent.sentAt.getTime() >= cutoff);
    const count = async (sql: string) => {
      const answer = await events.client.query({ query: sql, format: "JSONEachRow" });
      const [row] = await answer.json<{ rows: string }>();
      return Number(row?.rows);
    };
    expect(kept.length).toBeGreaterThan(100);
    expect(await count("SELECT count() AS rows FROM events FINAL")).toBe(kept.flat().length);
    expect(await count("SELECT count() AS rows FROM message_states FINAL")).toBe(kept.length);
  });
});
