/** Export files beyond what SES offers, with the SDK as it is: other forms, and buckets of the caller's own. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import {
  CreateExportJobCommand,
  type ExportDataSource,
  GetExportJobCommand,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { endOfExport, type Interval } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";
import { type S3Server, startS3Server } from "./support/s3-server.ts";
import { type ServerProcess, startServer } from "./support/server-process.ts";
import { fill } from "./support/simulated-traffic.ts";

const day = 24 * 3600 * 1000;
const messages = 3_000;
const bad = "BadRequestException";

/** What a file has in store where the caller's buckets are. */
interface Bucket {
  keys(): Promise<string[]>;
  read(key: string): Promise<Buffer>;
}

const kinds: readonly ["a folder" | "S3"][] = [["a folder"], ["S3"]];

describe.each(kinds)("with %s as the object store", (kind) => {
  let s3: S3Server | undefined;
  let server: ServerProcess;
  let client: SESv2Client;
  let reports: Bucket;
  let closeBucket = () => {};
  let interval: Interval;
  let messageSource: ExportDataSource;
  let metricsSource: ExportDataSource;

  beforeAll(async () => {
    const environment: Record<string, string> = { MAILGLASS_EXPORT_BUCKETS: "download,reports,missing" };
    if (kind === "S3") {
      s3 = await startS3Server();
      const { bucket, endpoint = "", region, credentials } = s3.options;
      Object.assign(environment, {
        MAILGLASS_S3_BUCKET: bucket,
        MAILGLASS_S3_ENDPOINT: endpoint,
        AWS_ACCESS_KEY_ID: credentials?.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey,
      });
      const storage = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
      await storage.send(new CreateBucketCommand({ Bucket: "reports" }));
      reports = bucketIn(storage);
      closeBucket = () => storage.destroy();
    }
    server = await startServer({ environment });
    if (kind === "a folder") reports = bucketInFolder(join(server.dataDir, "objects/reports"));
    client = server.client();
    interval = await fill(server.url, { messages, days: 5, seed: 11 });
    messageSource = {
      MessageInsightsDataSource: { StartDate: interval.start, EndDate: interval.end, MaxResults: 10_000 },
    };
    const midnight = Math.floor(interval.end.getTime() / day) * day;
    metricsSource = {
      MetricsDataSource: {
        StartDate: new Date(midnight - 9 * day),
        EndDate: new Date(midnight + day),
        Namespace: "VDM",
        Dimensions: { ISP: ["*"], EMAIL_IDENTITY: ["*"] },
        Metrics: [
          { Name: "SEND", Aggregation: "VOLUME" },
          { Name: "DELIVERY", Aggregation: "RATE" },
        ],
      },
    };
  });
  afterAll(async () => {
    await server?.stop();
    closeBucket();
    await s3?.close();
  });

  const create = (ExportDataSource: ExportDataSource, S3Url?: string, DataFormat: "CSV" | "JSON" = "CSV") =>
    client.send(new CreateExportJobCommand({ ExportDataSource, ExportDestination: { DataFormat, S3Url } }));

  async function exported(source: ExportDataSource, S3Url?: string, format?: "CSV" | "JSON") {
    const { JobId = "" } = await create(source, S3Url, format);
    const job = await endOfExport(client, JobId);
    expect(job).toMatchObject({ JobStatus: "COMPLETED" });
    return job;
  }

  async function downloaded(source: ExportDataSource, S3Url?: string, format?: "CSV" | "JSON") {
    const job = await exported(source, S3Url, format);
    const answer = await fetch(job.ExportDestination?.S3Url ?? "");
    expect(answer.status).toBe(200);
    return {
      body: Buffer.from(await answer.arrayBuffer()),
      type: answer.headers.get("content-type"),
      disposition: answer.headers.get("content-disposition"),
      rows: job.Statistics?.ExportedRecordsCount,
    };
  }

  it.each(["messages", "metrics"])(
    "downloads %s in each form, named as asked for, with the same rows",
    async (what) => {
      const source = what === "messages" ? messageSource : metricsSource;
      const csv = await downloaded(source);
      const json = await downloaded(source, undefined, "JSON");
      const text = json.body.toString();
      const rows: object[] = JSON.parse(text);
      expect(rows.length).toBe(json.rows);
      expect(rows.length).toBeGreaterThan(20);
      if (what === "messages") expect(rows.length).toBe(messages);

      const forms = ["x.csv", "x.csv.gz", "x.json", "x.json.gz", "x.ndjson", "x.jsonl.gz", "x.parquet"] as const;
      const types = {
        "x.csv": "text/csv; charset=utf-8",
        "x.csv.gz": "application/gzip",
        "x.json": "application/json",
        "x.json.gz": "application/gzip",
        "x.ndjson": "application/x-ndjson",
        "x.jsonl.gz": "application/gzip",
        "x.parquet": "application/vnd.apache.parquet",
      };
      for (const name of forms) {
        // The form is that of the name, whatever DataFormat says.
        const file = await downloaded(source, `s3://download/${name}`, name.includes("csv") ? "JSON" : "CSV");
        expect(file).toMatchObject({
          type: types[name],
          disposition: `attachment; filename="${name}"`,
          rows: json.rows,
        });
        const plain = name.endsWith(".gz") ? gunzipSync(file.body) : file.body;
        if (name.endsWith(".gz")) expect(file.body.length).toBeLessThan(plain.length / 2);
        if (name.includes("csv")) expect(plain.equals(csv.body)).toBe(true);
        else if (name.startsWith("x.json") && !name.includes("jsonl")) expect(plain.equals(json.body)).toBe(true);
        else if (name.includes("parquet")) expect(await readParquet(plain, what)).toEqual(comparable(rows, what));
        else expect(plain.toString()).toBe(rows.map((row) => lineOf(row, text)).join(""));
      }
    },
  );

  it.each(["x.ndjson", "x.csv.gz", "x.parquet", "x.json"])("has a %s without rows, too", async (name) => {
    const nothing = { MessageInsightsDataSource: { StartDate: new Date(0), EndDate: new Date(1) } };
    const { body, rows } = await downloaded(nothing, `s3://download/${name}`);
    expect(rows).toBe(0);
    if (name === "x.ndjson") expect(body.length).toBe(0);
    if (name === "x.csv.gz") expect(gunzipSync(body).toString().split("\n")).toHaveLength(2);
    if (name === "x.parquet") expect(await readParquet(body, "messages")).toEqual([]);
    if (name === "x.json") expect(JSON.parse(body.toString())).toEqual([]);
  });

  it("puts a file into the caller's bucket, under the key asked for, and says where", async () => {
    const url = "s3://reports/daily/2026-11-23.json.gz";
    const { JobId = "" } = await create(messageSource, url);
    const early = await client.send(new GetExportJobCommand({ JobId }));
    expect(early.ExportDestination).toEqual({ DataFormat: "CSV", S3Url: url });
    const job = await endOfExport(client, JobId);
    expect(job).toMatchObject({ JobStatus: "COMPLETED", ExportDestination: { DataFormat: "CSV", S3Url: url } });
    const rows = JSON.parse(gunzipSync(await reports.read("daily/2026-11-23.json.gz")).toString());
    expect(rows).toHaveLength(messages);
    // Once more: the later file takes the place of the earlier.
    await exported({ MessageInsightsDataSource: { StartDate: new Date(0), EndDate: new Date(1) } }, url);
    expect(gunzipSync(await reports.read("daily/2026-11-23.json.gz")).toString()).toBe("[\n]\n");
    expect(await reports.keys()).toEqual(["daily/2026-11-23.json.gz"]);
  });

  it("names the file itself where the key ends with a slash", async () => {
    const job = await exported(metricsSource, "s3://reports/metrics/", "JSON");
    const [, key = ""] = /^s3:\/\/reports\/(.*)$/.exec(job.ExportDestination?.S3Url ?? "") ?? [];
    expect(key).toMatch(new RegExp(`^metrics/ses-metrics-\\d{8}_\\d{6}-${job.JobId}\\.json$`));
    expect(JSON.parse((await reports.read(key)).toString())).toHaveLength(job.Statistics?.ExportedRecordsCount ?? -1);
  });

  it("refuses buckets that the settings don't name, and keys that are none", async () => {
    expect(await refused(create(messageSource, "s3://elsewhere/x.csv"))).toEqual([
      bad,
      "The bucket <elsewhere> is not one that exports may go to (MAILGLASS_EXPORT_BUCKETS).",
    ]);
    for (const url of [
      "s3://reports",
      "s3://reports/",
      "s3://reports/../x.csv",
      "s3://reports/x.parquet.gz",
      "https://reports/x.csv",
      "x",
      `s3://reports/${"x".repeat(300)}`,
    ]) {
      expect(await refused(create(messageSource, url))).toEqual([
        bad,
        `The S3 URL <${url}> must be s3://bucket/key, with letters, digits, '.', '_', '-' and '/' in the key; Parquet files are not compressed again.`,
      ]);
    }
  });

  it.skipIf(kind !== "S3")("fails a job whose bucket is not there", async () => {
    const { JobId = "" } = await create(messageSource, "s3://missing/x.csv");
    const job = await endOfExport(client, JobId);
    expect(job).toMatchObject({ JobStatus: "FAILED", ExportDestination: { S3Url: "s3://missing/x.csv" } });
    expect(job.FailureInfo?.ErrorMessage).toContain("internal error");
  });
});

function bucketInFolder(folder: string): Bucket {
  return {
    async keys() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
    },
    read: (key) => readFile(join(folder, key)),
  };
}

function bucketIn(storage: S3Client): Bucket {
  return {
    async keys() {
      const { Contents = [] } = await storage.send(new ListObjectsV2Command({ Bucket: "reports" }));
      return Contents.map(({ Key = "" }) => Key).sort();
    },
    async read(Key) {
      const { Body } = await storage.send(new GetObjectCommand({ Bucket: "reports", Key }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
  };
}

async function readParquet(file: Buffer, what: string): Promise<object[]> {
  const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
  return what === "messages" ? rows : rows.map(rounded);
}

/** The rows of the JSON file as Parquet has them: a value in each column, times as times, metrics beside dimensions. */
function comparable(rows: readonly object[], what: string): object[] {
  if (what === "metrics") return rows.map((row) => ("metrics" in row ? rounded(flat(row)) : row));
  const columns = [
    ...["messageid", "sendtimestamp", "isp", "fromaddress", "destination", "subject"],
    ...["last_delivery_event", "last_engagement_event"],
    ...["last_delivery_event_timestamp", "last_engagement_event_timestamp", "bounce_sub_type", "diagnostic_code"],
  ];
  return rows.map((row) => {
    const values = new Map<string, unknown>(Object.entries(row));
    return Object.fromEntries(
      columns.map((name) => {
        const value = values.get(name) ?? null;
        const time = name.endsWith("timestamp") && typeof value === "string";
        return [name, time ? new Date(`${value.slice(0, 23).replace(" ", "T")}Z`) : value];
      }),
    );
  });
}

function flat({ metrics, ...dimensions }: { metrics: unknown }): object {
  return { ...dimensions, ...Object(metrics) };
}

/** Text has four decimals. */
function rounded(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "number" ? value.toFixed(4) : value]),
  );
}

/** A row of the JSON file as it stands there, without what is around it. */
function lineOf(row: object, json: string): string {
  const text = JSON.stringify(row);
  // Metrics have four decimals in the text, which parsing loses.
  if (!("metrics" in row)) return `${text}\n`;
  const start = json.indexOf(text.slice(0, text.indexOf('"metrics"')));
  return `${json.slice(start, json.indexOf("}}", start) + 2)}\n`;
}
