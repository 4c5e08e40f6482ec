/** The import worker: jobs that are cancelled, and files of any bytes. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { noAccountEvents } from "../../../test/support/no-account-events.ts";
import { runs } from "../../../test/support/runs.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import {
  cancelImportJob,
  findImportJob,
  type ImportFormat,
  insertImportJob,
} from "../../stores/postgres/import-jobs.ts";
import type { JobWorker } from "../worker.ts";
import { startImportWorker } from "./worker.ts";

describe.each(databases)("the import worker on $name", ({ open }) => {
  let database: ScopedDatabase;
  let folder: string;
  let objects: ObjectStore;
  let worker: JobWorker | undefined;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-imports-"));
    objects = await openFolder(folder, { sync: false });
  });
  afterEach(async () => {
    await worker?.stop();
    await objects.close();
    await rm(folder, { recursive: true });
    await database.query("DELETE FROM import_jobs");
    await database.query("DELETE FROM suppressed_destinations");
  });

  function start(source: ObjectStore): JobWorker {
    const limits = { suppressionPut: 100, suppressionDelete: 100, contacts: 100, unpackedBytes: 10_000 };
    const log = { info: () => {}, error: () => {} };
    const stores = { database, objects, openBucket: async () => source };
    const services = { ...stores, limits, accountEvents: noAccountEvents, clock: () => new Date(), log };
    worker = startImportWorker(services, 1);
    return worker;
  }

  async function createJob(format: ImportFormat = "CSV"): Promise<string> {
    const id = randomUUID();
    const job = { id, destinationType: "SUPPRESSION_LIST", action: "PUT", s3Url: "s3://lists/file", format } as const;
    await insertImportJob(database, { ...job, now: new Date() }, 20);
    worker?.wake();
    return id;
  }

  it("ends the run of a job that another process cancels", async () => {
    const file = new Readable({ read() {} });
    file.push("a@example.com,BOUNCE\n");
    start({
      ...objects,
      info: async (key) => ({ key, size: 1_000, modified: new Date() }),
      read: async () => file,
    });
    const id = await createJob();
    await eventually(async () => expect((await findImportJob(database, id))?.status).toBe("PROCESSING"));
    expect(await cancelImportJob(database, id, new Date())).toBe(true);
    await eventually(() => expect(file.destroyed).toBe(true));
    expect(await findImportJob(database, id)).toMatchObject({ status: "CANCELLED", processed_records: 0 });
    expect(await cancelImportJob(database, id, new Date())).toBe(false);
    expect(await database.query("SELECT 1 FROM suppressed_destinations")).toEqual([]);
  });

  it("goes on while each run gets further, and fails a job whose runs don't", async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `a${index}@example.com,BOUNCE\n`);
    const bytes = Buffer.from(lines.join(""));
    const lengths = [10, 20, 30, 40, 50];
    let reads = 0;
    start({
      ...objects,
      info: async (key) => ({ key, size: bytes.length, modified: new Date(0) }),
      async read() {
        const length = lengths[reads++];
        if (length === undefined) return Readable.from([bytes]);
        return Readable.from(
          (async function* () {
            yield bytes.subarray(0, length * 20);
            throw new Error("the connection was reset");
          })(),
          { objectMode: false },
        );
      },
    });
    const further = await createJob();
    await eventually(async () => expect((await findImportJob(database, further))?.status).toBe("COMPLETED"));
    expect(await findImportJob(database, further)).toMatchObject({ processed_records: 100, failed_records: 0 });
    // A job of the same file whose runs all end at the same place.
    lengths.push(...Array.from({ length: 10 }, () => 10));
    reads = lengths.length - 10;
    const stuck = await createJob();
    await eventually(async () => expect((await findImportJob(database, stuck))?.status).toBe("FAILED"));
    expect(await findImportJob(database, stuck)).toMatchObject({ runs: 3, processed_records: 0 });
  });

  it("ends with any bytes, with counts that are true", async () => {
    start(objects);
    const pieces = [
      '"',
      ",",
      "\n",
      "\r",
      "{",
      "}",
      '{"emailAddress":"',
      '","reason":"',
      '"}',
      "BOUNCE",
      "a@example.com,BOUNCE\n",
    ];
    const anyFile = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => Buffer.from(parts.join(""))),
    );
    const oneFile = async (content: Uint8Array, format: ImportFormat) => {
      const writer = await objects.write("file", "text/plain");
      await writer.write(content);
      await writer.finish();
      const id = await createJob(format);
      const job = await eventually(async () => {
        const found = await findImportJob(database, id);
        expect(found?.status).toMatch(/COMPLETED|FAILED/);
        return found;
      });
      if (!job) throw new Error("the job is gone");
      const failed = job.failed_key && (await objects.read(job.failed_key));
      const lines = failed ? (await failed.toArray()).join("").split(/\r\n(?=\d+,"|$)/).length - 2 : 0;
      expect(lines).toBe(job.failed_records);
      const [taken] = await database.query<{ count: number }>("SELECT count(*) AS count FROM suppressed_destinations");
      // Addresses may come twice.
      expect(taken?.count).toBeLessThanOrEqual(job.processed_records - job.failed_records);
      if (job.processed_records > job.failed_records) expect(taken?.count).toBeGreaterThan(0);
      await database.query("DELETE FROM suppressed_destinations");
    };
    await fc.assert(fc.asyncProperty(anyFile, fc.constantFrom("CSV", "JSON"), oneFile), { numRuns: runs(40) });
  });
});
