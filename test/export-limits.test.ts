/** How many rows exports may have, by setting, and how a large one tells its progress, with the SDK. */
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateExportJobCommand,
  GetExportJobCommand,
  type GetExportJobResponse,
  type MessageInsightsDataSource,
  type SESv2Client,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../src/stores/objects/object-store.ts";
import { messagesJob } from "./support/export-requests.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { downloadExport, endOfExport, type Interval } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";
import { fill } from "./support/simulated-traffic.ts";

const messages = 30_000;
/** Holds the stores; it runs no jobs, which would be run with its settings. */
let first: InProcessServer;
let interval: Interval;

beforeAll(async () => {
  first = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
  interval = await fill(first.url, { messages, days: 20, seed: 5 });
});
afterAll(() => first.close());

/** Another server on the same stores, while `first` is left alone. */
async function withSettings<Answer>(
  environment: Record<string, string>,
  use: (client: SESv2Client) => Promise<Answer>,
  objects: ObjectStore = first.objects,
): Promise<Answer> {
  const { database, events, openBucket } = first;
  const server = await startInProcess({ database, events, objects, openBucket, environment });
  try {
    return await use(server.client);
  } finally {
    await server.close();
  }
}

function create(client: SESv2Client, source: Partial<MessageInsightsDataSource>, S3Url?: string) {
  const MessageInsightsDataSource = { StartDate: interval.start, EndDate: interval.end, ...source };
  return client.send(
    new CreateExportJobCommand({
      ExportDataSource: { MessageInsightsDataSource },
      ExportDestination: { DataFormat: "CSV", S3Url },
    }),
  );
}

/** The numbers of an export: those that it tells, and the rows in its file. */
async function counts(client: SESv2Client, source: Partial<MessageInsightsDataSource>) {
  const { JobId = "" } = await create(client, source, "s3://download/x.ndjson");
  const job = await endOfExport(client, JobId);
  expect(job.JobStatus).toBe("COMPLETED");
  const ids = (await downloadExport(job)).split("\n").slice(0, -1);
  expect(new Set(ids).size).toBe(job.Statistics?.ExportedRecordsCount);
  return [job.Statistics?.ProcessedRecordsCount, ids.length];
}

const download = { MAILGLASS_EXPORT_BUCKETS: "download" };

it("refuses an S3Url in SES's words unless the settings name buckets", async () => {
  for (const url of ["s3://download/x.ndjson", "s3://reports/x.csv", "x"]) {
    const input = messagesJob();
    const job = { ...input, ExportDestination: { DataFormat: "CSV" as const, S3Url: url } };
    expect(await refused(first.client.send(new CreateExportJobCommand(job)))).toEqual([
      "BadRequestException",
      "Providing a custom S3 URL is not supported",
    ]);
  }
});

describe("the most rows of an export", () => {
  it("are 10,000 by default, whatever matches", async () => {
    await withSettings(download, async (client) => {
      expect(await counts(client, {})).toEqual([messages, 1_000]);
      expect(await counts(client, { MaxResults: 10_000 })).toEqual([messages, 10_000]);
      const [name, message] = await refused(create(client, { MaxResults: 10_001 }));
      expect(name).toBe("BadRequestException");
      expect(message).toContain("Member must have value less than or equal to 10000");
    });
  });

  it("have no limit where the setting is 0: all rows, or MaxResults", async () => {
    await withSettings({ ...download, MAILGLASS_EXPORT_MAX_ROWS: "0" }, async (client) => {
      expect(await counts(client, {})).toEqual([messages, messages]);
      expect(await counts(client, { MaxResults: 20_000 })).toEqual([messages, 20_000]);
      expect(await counts(client, { MaxResults: 1_000_000 })).toEqual([messages, messages]);
      const [processed, gmail = 0] = await counts(client, { Include: { Isp: ["Gmail"] } });
      expect(processed).toBe(messages);
      expect(gmail).toBeGreaterThan(messages / 4);
      expect(gmail).toBeLessThan(messages);
      const [, message] = await refused(create(client, { MaxResults: 0 }));
      expect(message).toContain("Member must have value greater than or equal to 1");
    });
  });

  it("are as many as the setting says, above SES's and below", async () => {
    await withSettings({ ...download, MAILGLASS_EXPORT_MAX_ROWS: "50000" }, async (client) => {
      expect(await counts(client, { MaxResults: 20_000 })).toEqual([messages, 20_000]);
      expect(await counts(client, {})).toEqual([messages, 1_000]);
      expect(await counts(client, { MaxResults: 60_000 })).toEqual([messages, messages]);
    });
    await withSettings({ ...download, MAILGLASS_EXPORT_MAX_ROWS: "500" }, async (client) => {
      expect(await counts(client, {})).toEqual([messages, 500]);
      expect(await counts(client, { MaxResults: 10_000 })).toEqual([messages, 500]);
    });
  });
});

it.each(["x.ndjson", "x.csv.gz", "x.parquet"])(
  "tells how far it is while it writes %s to a slow store",
  async (name) => {
    const slow: ObjectStore = {
      ...first.objects,
      async write(key, type) {
        const writer = await first.objects.write(key, type);
        let written = 0;
        const write = async (chunk: Uint8Array) => {
          await writer.write(chunk);
          written += chunk.length;
          // A pause now and then, however small the chunks are.
          if (written < 100_000) return;
          written = 0;
          await delay(600);
        };
        // Like a bucket's, without a path to which the engine could append by itself.
        return { write, finish: writer.finish, abort: writer.abort };
      },
    };
    const environment = { ...download, MAILGLASS_EXPORT_MAX_ROWS: "0" };
    await withSettings(
      environment,
      async (client) => {
        const { JobId = "" } = await create(client, {}, `s3://download/${name}`);
        const seen: number[] = [];
        let job: GetExportJobResponse;
        do {
          await delay(20);
          job = await client.send(new GetExportJobCommand({ JobId }));
          const processed = job.Statistics?.ProcessedRecordsCount;
          if (job.JobStatus === "PROCESSING" && processed !== undefined) seen.push(processed);
        } while (job.JobStatus === "CREATED" || job.JobStatus === "PROCESSING");
        expect(job).toMatchObject({ JobStatus: "COMPLETED", Statistics: { ProcessedRecordsCount: messages } });
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.filter((processed) => processed > 0 && processed < messages)).not.toEqual([]);
      },
      slow,
    );
  },
);
