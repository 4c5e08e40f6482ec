/** Export jobs over the API, with the SDK: what is refused, in which order and words; lists, cancels and limits. */
import {
  CancelExportJobCommand,
  CreateExportJobCommand,
  type CreateExportJobRequest,
  GetExportJobCommand,
  ListExportJobsCommand,
  PutAccountVdmAttributesCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { csv, messagesJob, messagesSource, metricsJob, metricsSource, start } from "./support/export-requests.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";

const day = 24 * 3600 * 1000;
let server: InProcessServer;

beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_EXPORT_WORKERS: "0" } });
});
afterEach(async () => {
  await server.database.query("DELETE FROM export_jobs");
});
afterAll(() => server.close());

const create = (input: CreateExportJobRequest) => server.client.send(new CreateExportJobCommand(input));
const get = (JobId: string | undefined) => server.client.send(new GetExportJobCommand({ JobId }));
const cancel = (JobId: string | undefined) => server.client.send(new CancelExportJobCommand({ JobId }));
const setVdm = (VdmEnabled: "ENABLED" | "DISABLED") =>
  server.client.send(new PutAccountVdmAttributesCommand({ VdmAttributes: { VdmEnabled } }));

const bad = "BadRequestException";
const violated = (path: string, text: string) =>
  `1 validation error detected: Value at '${path}' failed to satisfy constraint: ${text}`;
const formats = "Member must satisfy enum value set: [CSV, JSON]";
const vdmText = "To use this feature you must enable Virtual Deliverability Manager";
const inMessages = "exportDataSource.messageInsightsDataSource";

describe("CreateExportJob", () => {
  it("checks the source, then the destination, the S3Url, VDM, and then the rest", async () => {
    await setVdm("DISABLED");
    const wrong = { ...messagesSource, EndDate: start, MaxResults: 0 };
    const both = { MessageInsightsDataSource: wrong, MetricsDataSource: metricsSource };
    const destination = { DataFormat: "XML", S3Url: "s3://bucket/key" };
    const ask = (ExportDataSource: object, ExportDestination: object) =>
      refused(server.client.send(new CreateExportJobCommand(Object({ ExportDataSource, ExportDestination }))));
    expect(await ask(both, destination)).toEqual([bad, "One data source must be provided"]);
    expect(await ask({}, destination)).toEqual([bad, "One data source must be provided"]);
    const source = { MessageInsightsDataSource: wrong };
    expect(await ask(source, destination)).toEqual([bad, violated("exportDestination.dataFormat", formats)]);
    expect(await ask(source, {})).toEqual([bad, violated("exportDestination.dataFormat", "Member must not be null")]);
    expect(await ask(source, { ...csv, S3Url: "not one" })).toEqual([
      bad,
      "Providing a custom S3 URL is not supported",
    ]);
    expect(await ask(source, csv)).toEqual([bad, vdmText]);
    await setVdm("ENABLED");
    expect(await ask(source, csv)).toEqual([
      bad,
      violated(`${inMessages}.maxResults`, "Member must have value greater than or equal to 1"),
    ]);
    expect(await ask({ MessageInsightsDataSource: { ...wrong, MaxResults: 1 } }, csv)).toEqual([
      bad,
      "Invalid date range",
    ]);
  });

  it.each<[string, CreateExportJobRequest, string]>([
    ["equal dates", messagesJob({ EndDate: start }), "Invalid date range"],
    ["dates the wrong way round", metricsJob({ EndDate: new Date(0) }), "Invalid date range"],
    [
      "metrics of a part of a day",
      metricsJob({ StartDate: new Date(start.getTime() + 1_000) }),
      "To get daily aggregated data you must not specify partial-day timestamps. Please make your interval go from midnight to midnight UTC.",
    ],
    [
      "metrics of 61 days",
      metricsJob({ EndDate: new Date(start.getTime() + 61 * day) }),
      "Invalid interval, can request at most 60 days. Please partition your requested interval.",
    ],
    [
      "a wildcard in the middle",
      messagesJob({ Include: { Subject: ["a*b"] } }),
      "Invalid filter: in include.subject the wildcard '*' is allowed at the start and at the end only.",
    ],
    [
      "a wildcard in the middle of what is excluded",
      messagesJob({ Exclude: { Destination: ["ok", "***"] } }),
      "Invalid filter: in exclude.destination the wildcard '*' is allowed at the start and at the end only.",
    ],
    [
      "too many rows",
      messagesJob({ MaxResults: 10_001 }),
      violated(`${inMessages}.maxResults`, "Member must have value less than or equal to 10000"),
    ],
    [
      "two subjects",
      messagesJob({ Include: { Subject: ["a", "b"] } }),
      violated(`${inMessages}.include.subject`, "Member must have length less than or equal to 1"),
    ],
    ["an ISP that is none", metricsJob({ Dimensions: { ISP: ["a b"] } }), "Invalid ISP name provided."],
    [
      "an identity that is none",
      metricsJob({ Dimensions: { EMAIL_IDENTITY: ["a"] } }),
      "Invalid email identity provided.",
    ],
    ["an empty tenant", metricsJob({ Dimensions: { TENANT_NAME: [""] } }), "TenantName cannot be empty"],
  ])("refuses %s", async (_what, input, message) => {
    expect(await refused(create(input))).toEqual([bad, message]);
    expect((await server.client.send(new ListExportJobsCommand({}))).ExportJobs).toEqual([]);
  });

  it("takes metrics of 60 days, and messages of any interval", async () => {
    await create(metricsJob({ EndDate: new Date(start.getTime() + 60 * day) }));
    await create(messagesJob({ StartDate: new Date(1), EndDate: new Date("2100-01-01T00:00:00.123Z") }));
  });

  it("takes 20 jobs of each source", async () => {
    for (let count = 0; count < 20; count++) await create(messagesJob());
    const text = (source: string) =>
      `There are too many <${source}> export jobs running - either cancel one of the jobs or wait for it to complete before resubmitting.`;
    expect(await refused(create(messagesJob()))).toEqual(["LimitExceededException", text("MESSAGE_INSIGHTS")]);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => create(metricsJob())));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    expect(await refused(create(metricsJob()))).toEqual(["LimitExceededException", text("METRICS_DATA")]);
    const { ExportJobs: [newest] = [] } = await server.client.send(
      new ListExportJobsCommand({ ExportSourceType: "MESSAGE_INSIGHTS" }),
    );
    await cancel(newest?.JobId);
    await create(messagesJob());
  });
});

describe("a job that nobody works on", () => {
  it("answers a job as it was asked for", async () => {
    const input = messagesJob({ Include: { Subject: ["Hello*"] }, Exclude: { Isp: ["Gmail"] }, MaxResults: 5 });
    const { JobId } = await create(input);
    expect(JobId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const { $metadata, CreatedTimestamp, ...job } = await get(JobId);
    expect(job).toEqual({
      JobId,
      ExportSourceType: "MESSAGE_INSIGHTS",
      JobStatus: "CREATED",
      ExportDestination: csv,
      ExportDataSource: input.ExportDataSource,
    });
    expect(CreatedTimestamp).toBeInstanceOf(Date);
    const metrics = metricsJob({ Dimensions: { TENANT_NAME: ["b", "a"], ISP: ["*"], CONFIGURATION_SET: ["c"] } });
    const found = await get((await create(metrics)).JobId);
    expect(found.ExportDataSource).toEqual(metrics.ExportDataSource);
    expect(Object.keys(found.ExportDataSource?.MetricsDataSource?.Dimensions ?? {})).toEqual([
      "TENANT_NAME",
      "ISP",
      "CONFIGURATION_SET",
    ]);
  });

  it("lists jobs newest first, page by page, by source and status", async () => {
    const ids: (string | undefined)[] = [];
    for (let count = 0; count < 7; count++) ids.unshift((await create(count % 2 ? metricsJob() : messagesJob())).JobId);
    await cancel(ids[0]);
    const list = (input: object) => server.client.send(new ListExportJobsCommand(input));
    const pages: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await list({ PageSize: 3, NextToken });
      pages.push((page.ExportJobs ?? []).map(({ JobId }) => JobId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages).toEqual([ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
    const metrics = await list({ ExportSourceType: "METRICS_DATA" });
    expect(metrics.ExportJobs?.map(({ JobId }) => JobId)).toEqual(ids.filter((_, index) => index % 2 === 1));
    const cancelled = await list({ JobStatus: "CANCELLED" });
    expect(cancelled.ExportJobs).toEqual([
      {
        JobId: ids[0],
        ExportSourceType: "MESSAGE_INSIGHTS",
        JobStatus: "CANCELLED",
        CreatedTimestamp: expect.any(Date),
        CompletedTimestamp: expect.any(Date),
      },
    ]);
    const token = (await list({ PageSize: 3 })).NextToken;
    for (const input of [{ JobStatus: "CREATED", NextToken: token }, { NextToken: `${token}A` }, { NextToken: "" }]) {
      expect(await refused(list(input))).toEqual([bad, "Failed to deserialize token. "]);
    }
  });

  it("cancels a job once", async () => {
    const { JobId } = await create(messagesJob());
    await cancel(JobId);
    expect((await get(JobId)).JobStatus).toBe("CANCELLED");
    expect(await refused(cancel(JobId))).toEqual([bad, "Cannot cancel an export job that has a <CANCELLED> status."]);
    await server.database.query("UPDATE export_jobs SET status = 'FAILED', error_message = 'why'");
    expect(await refused(cancel(JobId))).toEqual([bad, "Cannot cancel an export job that has a <FAILED> status."]);
    expect((await get(JobId)).FailureInfo).toEqual({ ErrorMessage: "why" });
  });
});
