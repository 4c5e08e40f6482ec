/** Imports of two accounts and two regions: their jobs, the files that they read, and those of failed records. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { noAccountEvents as accountEvents } from "../../../test/support/no-account-events.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { createUrlSigner } from "../../common/signed-url.ts";
import { startImportWorker } from "../../jobs/imports/worker.ts";
import type { JobWorker } from "../../jobs/worker.ts";
import { contactOperations } from "../../operations/contacts/contact-operations.ts";
import { importOperations } from "../../operations/imports/import-operations.ts";
import { suppressionOperations } from "../../operations/suppression/suppression-operations.ts";
import { bucketFolder } from "../../stores/objects/file-location.ts";
import { openFolder } from "../../stores/objects/folder.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { mountAdminImports } from "../admin/imports.ts";
import { mountBodies } from "../bodies/bodies.ts";
import { fileRoutes } from "./files.ts";

const clock = () => new Date();
const context = callContext(new Date());
const noBuckets = { buckets: [], ownBucket: undefined };

describe.each(databases)("imports of scopes on $name", ({ open }) => {
  let database: ScopedDatabase;
  let folder: string;
  let objects: ObjectStore;
  let files: FastifyInstance;
  let worker: JobWorker;
  let all: ScopeOfImports[];
  let url = "";

  const signer = (path: string) => createUrlSigner(Buffer.from(path), () => url, path);
  const uploads = signer("/uploads");
  const downloads = signer("/downloads/imports");
  const openBucket = (bucket: string, scope: number) =>
    openFolder(join(folder, bucketFolder(bucket, scope)), { sync: false });

  async function importsIn({ database, scope }: ScopeUnderTest) {
    const admin = Fastify();
    const adminScope = async () => scope;
    mountAdminImports(admin, {
      database,
      adminScope,
      worker,
      uploads,
      urlSeconds: 60,
      buckets: noBuckets,
      uploadPrefix: () => "",
      clock,
    });
    const config = { exportUrlSeconds: 60, importBuckets: [], s3Bucket: undefined };
    return {
      scope: scope.id,
      call: {
        ...importOperations({ config, database, objects, mayUseKey: async () => true, worker, downloads }),
        ...suppressionOperations({ database, accountEvents }),
        ...contactOperations({ database, maxLists: 1 }),
      },
      async upload(key: string, content: string): Promise<string> {
        const payload = { bucket: "lists", key };
        const place = (await admin.inject({ method: "POST", url: "/admin/uploads", payload })).json<{ url: string }>();
        const answer = await fetch(place.url, { method: "PUT", body: content });
        return `${answer.status} ${await answer.text()}`;
      },
      cancel: async (id: string) =>
        (await admin.inject({ method: "POST", url: `/admin/import-jobs/${id}/cancel` })).statusCode,
    };
  }
  type ScopeOfImports = Awaited<ReturnType<typeof importsIn>>;

  beforeAll(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-imports-"));
    objects = await openFolder(folder, { sync: false });
    const limits = { suppressionPut: 100, suppressionDelete: 100, contacts: 100, unpackedBytes: 10_000 };
    const log = { info: () => {}, error: () => {} };
    worker = startImportWorker({ database, objects, openBucket, limits, accountEvents, clock, log }, 2);
    files = Fastify();
    mountBodies(files, { memoryBytes: 1 << 20, discardBytes: 0 });
    const importDownloads = downloads;
    const services = { database, objects, downloads: signer("/downloads/exports"), importDownloads, uploads, clock };
    await files.register(fileRoutes, { ...services, openBucket, uploadMaxBytes: 1_000 });
    url = await files.listen({ host: "127.0.0.1", port: 0 });
    all = await Promise.all((await threeScopes(database)).map(importsIn));
  });
  afterAll(async () => {
    await files.close();
    await worker.stop();
    await objects.close();
    await database.close();
    await rm(folder, { recursive: true });
  });

  const source = { S3Url: "s3://lists/file.csv", DataFormat: "CSV" as const };
  const ended = async ({ call }: ScopeOfImports, JobId: string | undefined) => {
    await eventually(async () =>
      expect((await call.GetImportJob({ JobId }, context)).JobStatus).toMatch(/COMPLETED|FAILED/),
    );
    return call.GetImportJob({ JobId }, context);
  };

  test("each imports its own file into its own list, and sees its own jobs", async () => {
    for (const one of all) {
      const content = `user-${one.scope}@example.com,BOUNCE\nnot an address ${one.scope},BOUNCE\n`;
      expect(await one.upload("file.csv", content)).toContain('200 {"s3Url":"s3://lists/file.csv"');
    }
    const destination = { SuppressionListDestination: { SuppressionListImportAction: "PUT" as const } };
    const jobs = await Promise.all(
      all.map(({ call }) =>
        call.CreateImportJob({ ImportDestination: destination, ImportDataSource: source }, context),
      ),
    );
    for (const [index, one] of all.entries()) {
      const job = await ended(one, jobs[index]?.JobId);
      expect([job.ProcessedRecordsCount, job.FailedRecordsCount]).toEqual([2, 1]);
      const failed = await fetch(job.FailureInfo?.FailedRecordsS3Url ?? "");
      expect(await failed.text()).toContain(`not an address ${one.scope}`);
      const listed = await one.call.ListSuppressedDestinations({}, context);
      expect(listed.SuppressedDestinationSummaries?.map(({ EmailAddress }) => EmailAddress)).toEqual([
        `user-${one.scope}@example.com`,
      ]);
      expect((await one.call.ListImportJobs({}, context)).ImportJobs?.map(({ JobId }) => JobId)).toEqual([
        jobs[index]?.JobId,
      ]);
      for (const [other, job] of jobs.entries()) {
        if (other === index) continue;
        const JobId = job.JobId ?? "";
        expect((await refusalOf(one.call.GetImportJob({ JobId }, context)))[0]).toBe("NotFoundException");
        expect(await one.cancel(JobId)).toBe(404);
      }
      expect(await one.cancel(jobs[index]?.JobId ?? "")).toBe(409);
    }
  });

  test("a contact list is that of the job's scope", async () => {
    const [home, abroad] = all;
    if (!home || !abroad) throw new Error("there are three");
    const list = { ContactListName: "people" };
    await home.call.CreateContactList(list, context);
    const destination = { ContactListDestination: { ...list, ContactListImportAction: "PUT" as const } };
    const create = ({ call }: ScopeOfImports) =>
      call.CreateImportJob({ ImportDestination: destination, ImportDataSource: source }, context);
    expect((await refusalOf(create(abroad)))[0]).toBe("NotFoundException");
    await abroad.call.CreateContactList(list, context);
    await abroad.upload("file.csv", "emailAddress\na@example.com\n");
    expect((await ended(abroad, (await create(abroad)).JobId)).JobStatus).toBe("COMPLETED");
    expect((await abroad.call.ListContacts(list, context)).Contacts).toHaveLength(1);
    expect((await home.call.ListContacts(list, context)).Contacts).toEqual([]);
  });

  test("open jobs count for their scope, and a page token is good in its own", async () => {
    await worker.stop();
    const [home, abroad] = all;
    if (!home || !abroad) throw new Error("there are three");
    const destination = { SuppressionListDestination: { SuppressionListImportAction: "PUT" as const } };
    const create = ({ call }: ScopeOfImports) =>
      call.CreateImportJob({ ImportDestination: destination, ImportDataSource: source }, context);
    for (let job = 0; job < 20; job++) await create(home);
    expect((await refusalOf(create(home)))[0]).toBe("LimitExceededException");
    await create(abroad);
    const tokens = await Promise.all(
      [home, abroad].map(async ({ call }) => (await call.ListImportJobs({ PageSize: 1 }, context)).NextToken),
    );
    for (const [index, { call }] of [home, abroad].entries()) {
      await call.ListImportJobs({ NextToken: tokens[index] }, context);
      const refused = call.ListImportJobs({ NextToken: tokens[1 - index] }, context);
      expect((await refusalOf(refused))[0]).toBe("BadRequestException");
    }
  });

  test("the signature of an upload URL holds for its scope only", async () => {
    const expires = new Date(Date.now() + 60_000);
    const place = new URL(uploads.sign("lists@2", "file.csv", expires));
    for (const folder of ["lists", "lists@1", "lists@3", "lists@2@2"]) {
      const forged = new URL(place);
      forged.pathname = `/uploads/${encodeURIComponent(folder)}/file.csv`;
      expect((await fetch(forged, { method: "PUT", body: "x" })).status).toBe(403);
    }
  });
});
