/** Two servers on the same PostgreSQL, ClickHouse and object store: what one is told, both know; what one leaves, the other ends. */
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CancelExportJobCommand,
  CreateExportJobCommand,
  type CreateExportJobRequest,
  GetExportJobCommand,
  type GetExportJobResponse,
  GetMessageInsightsCommand,
  ListExportJobsCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import type { ObjectStore } from "../src/stores/objects/object-store.ts";
import { openObjectStore } from "../src/stores/objects/open-object-store.ts";
import { type ClickHouseStandIn, startClickHouse } from "./support/clickhouse-http-over-chdb.ts";
import { createServerDatabase, type ServerDatabase } from "./support/databases.ts";
import { createMessageExport, downloadExport, endOfExport, type Interval } from "./support/message-export.ts";
import { type S3Server, startS3Server } from "./support/s3-server.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";
import { fill } from "./support/simulated-traffic.ts";

const day = 24 * 3600 * 1000;
let postgres: ServerDatabase;
let clickhouse: ClickHouseStandIn;

/** Empty stores, for the servers of one `describe`. */
async function openStores(): Promise<Record<string, string>> {
  postgres = await createServerDatabase("nothing");
  clickhouse = await startClickHouse();
  return { MAILGLASS_POSTGRES_URL: postgres.url, MAILGLASS_CLICKHOUSE_URL: clickhouse.url };
}

async function closeStores(): Promise<void> {
  await clickhouse?.stop();
  await postgres?.drop();
}

describe("two servers with a shared folder", () => {
  let dataDir: string;
  let one: ServerProcess;
  let other: ServerProcess;

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    const environment = await openStores();
    // At the same time, on stores with nothing in them. Only the second runs jobs.
    [one, other] = await Promise.all([
      startServer({ dataDir, environment: { ...environment, MAILGLASS_EXPORT_WORKERS: "0" } }),
      startServer({ dataDir, environment }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([one?.stop(), other?.stop()]);
    await closeStores();
    await removeFolder(dataDir);
  });

  async function send(server: ServerProcess, subject: string): Promise<string> {
    const { MessageId = "" } = await server.client().send(
      new SendEmailCommand({
        FromEmailAddress: "sender@example.com",
        Destination: { ToAddresses: ["user@gmail.com"] },
        Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "text" } } } },
      }),
    );
    return MessageId;
  }

  it("answer the same insights, at once, whichever was sent the message", async () => {
    for (let round = 0; round < 20; round++) {
      const [sentTo, asked] = round % 2 === 0 ? [one, other] : [other, one];
      const MessageId = await send(sentTo, `round ${round}`);
      const found = await asked.client().send(new GetMessageInsightsCommand({ MessageId }));
      expect(found.Subject).toBe(`round ${round}`);
      expect(found.Insights?.map(({ Events }) => Events?.map(({ Type }) => Type))).toEqual([["SEND", "DELIVERY"]]);
    }
  });

  it("read, list and download the jobs of each other, with all that was acknowledged by either", async () => {
    await Promise.all([send(one, "from one"), send(other, "from the other")]);
    const interval = { start: new Date(Date.now() - day), end: new Date(Date.now() + day) };
    const jobs = [
      await createMessageExport(one.client(), interval),
      await createMessageExport(other.client(), interval),
    ];
    for (const id of jobs) {
      for (const server of [one, other]) {
        const job = await endOfExport(server.client(), id);
        expect(job).toMatchObject({ JobStatus: "COMPLETED", Statistics: { ExportedRecordsCount: 22 } });
        expect(job.ExportDestination?.S3Url?.startsWith(`${server.url}/`)).toBe(true);
        expect(JSON.parse(await downloadExport(job))).toHaveLength(22);
        // A URL that one signed is good at the other.
        const elsewhere = (job.ExportDestination?.S3Url ?? "").replace(
          server.url,
          server === one ? other.url : one.url,
        );
        expect((await fetch(elsewhere)).status).toBe(200);
        const { ExportJobs = [] } = await server.client().send(new ListExportJobsCommand({}));
        expect(ExportJobs.map(({ JobId }) => JobId)).toEqual(jobs.toReversed());
      }
    }
  });

  it("cancel the jobs of each other", async () => {
    const interval = { start: new Date(Date.now() - day), end: new Date(Date.now() + day) };
    const JobId = await createMessageExport(one.client(), interval);
    // The other looks for jobs of others once a second; this one it can't have ended yet, though it may have begun.
    await other.client().send(new CancelExportJobCommand({ JobId }));
    for (const server of [one, other]) {
      const job = await server.client().send(new GetExportJobCommand({ JobId }));
      expect(job).toMatchObject({ JobStatus: "CANCELLED", ExportDestination: { DataFormat: "JSON" } });
      expect(job.ExportDestination?.S3Url).toBeUndefined();
    }
  });
});

describe("two servers with a bucket, one of which is killed", () => {
  const messages = 20_000;
  let s3: S3Server;
  let own: ObjectStore;
  let reports: ObjectStore;
  let victim: ServerProcess;
  let survivor: ServerProcess;
  let interval: Interval;

  beforeAll(async () => {
    s3 = await startS3Server();
    const { bucket, endpoint = "", region, credentials } = s3.options;
    const storage = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await storage.send(new CreateBucketCommand({ Bucket: "reports" }));
    storage.destroy();
    own = await openObjectStore(s3.options);
    reports = await openObjectStore({ ...s3.options, bucket: "reports" });
    const environment = {
      ...(await openStores()),
      // Each has a data folder of its own.
      MAILGLASS_MASTER_KEY: Buffer.alloc(32, "shared").toString("base64"),
      MAILGLASS_S3_BUCKET: bucket,
      MAILGLASS_S3_ENDPOINT: endpoint,
      MAILGLASS_EXPORT_BUCKETS: "download,reports",
      MAILGLASS_EXPORT_MAX_ROWS: "0",
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? "",
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? "",
    };
    [victim, survivor] = await Promise.all([startServer({ environment }), startServer({ environment })]);
    interval = await fill(victim.url, { messages, days: 10, seed: 21 });
  });
  afterAll(async () => {
    await Promise.all([victim?.stop(), survivor?.stop()]);
    await closeStores();
    await own?.close();
    await reports?.close();
    await s3?.close();
  });

  it("end all jobs, each with one file that has every row", async () => {
    onTestFailed(() => console.log(`the one killed:\n${victim.output()}\nthe other:\n${survivor.output()}`));
    const [first, second] = [victim.client(), survivor.client()];
    const ids = await Promise.all(
      requests(interval).map(async (request, n) => {
        const { JobId = "" } = await (n % 2 === 0 ? first : second).send(new CreateExportJobCommand(request));
        return JobId;
      }),
    );
    // Midway: it has ended some, and is at work on two, of which at most one is about to end.
    while (told(victim, "export completed").length < 2 || underWay(victim) < 2) await delay(1);
    await victim.kill("SIGKILL");
    const client = survivor.client();
    const left = await client.send(new ListExportJobsCommand({}));
    const open = (left.ExportJobs ?? []).filter(({ JobStatus }) => JobStatus !== "COMPLETED");
    expect(open.some(({ JobStatus }) => JobStatus === "PROCESSING")).toBe(true);

    const jobs = await Promise.all(ids.map((id) => endOfExport(client, id)));
    const files = { own: new Set<string>(), reports: new Set<string>() };
    for (const job of jobs) {
      expect(job).toMatchObject({ JobStatus: "COMPLETED" });
      const url = job.ExportDestination?.S3Url ?? "";
      const [, key] = /^s3:\/\/reports\/(.*)$/.exec(url) ?? [];
      const name = key ?? decodeURIComponent(new URL(url).pathname).replace(/^\/[^/]+\//, "");
      (key === undefined ? files.own : files.reports).add(name);
      const file = key === undefined ? await bytesAt(url) : await bytesIn(reports, key);
      const rows = await rowsIn(file, name);
      expect(rows, name).toBe(job.Statistics?.ExportedRecordsCount);
      expect(job.Statistics?.ProcessedRecordsCount, name).toBe(messages);
      if (job.ExportSourceType === "MESSAGE_INSIGHTS") expect(rows, name).toBe(messages);
      else expect(rows, name).toBeGreaterThan(10);
    }
    expect(files.own.size + files.reports.size).toBe(jobs.length);
    expect(new Set(await keysIn(own, "exports/"))).toEqual(files.own);
    expect(new Set(await keysIn(reports, ""))).toEqual(files.reports);
    expectOneRunAtATime(jobs);
  });

  /** What each server logged of its runs. */
  function expectOneRunAtATime(jobs: readonly GetExportJobResponse[]): void {
    let again = 0;
    for (const { JobId: id = "" } of jobs) {
      const times = (what: "export completed" | "export started") =>
        [victim, survivor].map((server) => told(server, what).filter((job) => job === id).length);
      const started = times("export started");
      const completed = times("export completed");
      for (const runs of started) expect(runs, id).toBeLessThanOrEqual(1);
      // Run a second time only where the first was the one that was killed, which had not told that it was done.
      if (started[0] === 1 && started[1] === 1) {
        again++;
        expect(completed, id).toEqual([0, 1]);
      } else expect((completed[0] ?? 0) + (completed[1] ?? 0), id).toBeLessThanOrEqual(1);
    }
    expect(again).toBeGreaterThan(0);
  }
});

/** Twenty jobs of both sources, in every form, for download and for a bucket. */
function requests({ start, end }: Interval): CreateExportJobRequest[] {
  const midnight = Math.floor(end.getTime() / day) * day;
  const places = [
    undefined,
    "s3://download/a.csv",
    "s3://download/b.json.gz",
    "s3://download/c.ndjson",
    "s3://download/d.parquet",
    "s3://reports/N.csv.gz",
    "s3://reports/N.parquet",
    "s3://reports/N.json",
    "s3://reports/folder/",
  ];
  return Array.from({ length: 20 }, (_, n): CreateExportJobRequest => {
    const S3Url = places[n % places.length]?.replace("N", String(n));
    const destination = { DataFormat: n % 2 === 0 ? ("CSV" as const) : ("JSON" as const), S3Url };
    if (n % 4 !== 0) {
      return {
        ExportDataSource: { MessageInsightsDataSource: { StartDate: start, EndDate: end } },
        ExportDestination: destination,
      };
    }
    return {
      ExportDataSource: {
        MetricsDataSource: {
          StartDate: new Date(midnight - 20 * day),
          EndDate: new Date(midnight + day),
          Namespace: "VDM",
          Dimensions: { ISP: ["*"], CONFIGURATION_SET: ["*"] },
          Metrics: [{ Name: "SEND", Aggregation: "VOLUME" }],
        },
      },
      ExportDestination: destination,
    };
  });
}

/** The jobs of which a server logged so, one entry for each line. */
function told(server: ServerProcess, what: "export started" | "export completed"): string[] {
  return server
    .output()
    .split("\n")
    .filter((line) => line.includes(`"${what}"`))
    .map((line) => String(JSON.parse(line).jobId));
}

function underWay(server: ServerProcess): number {
  return told(server, "export started").length - told(server, "export completed").length;
}

async function bytesAt(url: string): Promise<Buffer> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

async function bytesIn(store: ObjectStore, key: string): Promise<Buffer> {
  return Buffer.concat((await (await store.read(key))?.toArray()) ?? []);
}

async function keysIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** How many rows a file has, by its name; throws where it is not whole. */
async function rowsIn(file: Buffer, name: string): Promise<number> {
  if (name.endsWith(".gz")) return rowsIn(gunzipSync(file), name.slice(0, -3));
  if (name.endsWith(".parquet")) return (await parquetReadObjects({ file: new Uint8Array(file).buffer })).length;
  const text = file.toString("utf8");
  if (name.endsWith(".json")) return JSON.parse(text).length;
  if (!text.endsWith("\n")) throw new Error("the file ends within a line");
  const lines = text.slice(0, -1).split("\n");
  if (name.endsWith(".ndjson")) {
    for (const line of lines) JSON.parse(line);
    return lines.length;
  }
  // A diagnostic code has a line end in it; every row begins and ends as one.
  const quoted = text.startsWith('"');
  return (quoted ? text.slice(0, -1).split(',\n"').length : lines.length) - 1;
}
