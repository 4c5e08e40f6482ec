/** Export jobs from the mail that they tell of to the download, with the SDK. */
import { CancelExportJobCommand, CreateExportJobCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { messagesJob, metricsJob } from "./support/export-requests.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createMessageExport, downloadExport, endOfExport } from "./support/message-export.ts";
import { refused } from "./support/refused.ts";

const day = 24 * 3600 * 1000;
const bad = "BadRequestException";
let server: InProcessServer;
/** Added to the time that the server reads. */
let ahead = 0;
const interval = { start: new Date("2026-01-01T00:00:00Z"), end: new Date("2100-01-01T00:00:00Z") };

beforeAll(async () => {
  server = await startInProcess({ clock: () => new Date(Date.now() + ahead) });
  for (const subject of ["one", "two"]) {
    await server.client.send(
      new SendEmailCommand({
        FromEmailAddress: "sender@example.com",
        Destination: { ToAddresses: ["user@example.com"] },
        Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "text" } } } },
      }),
    );
  }
});
afterEach(() => {
  ahead = 0;
});
afterAll(() => server.close());

it("answers a file that can be downloaded, both formats and sources", async () => {
  const job = await endOfExport(server.client, await createMessageExport(server.client, interval, "CSV"));
  expect(job).toMatchObject({
    JobStatus: "COMPLETED",
    Statistics: { ProcessedRecordsCount: 2, ExportedRecordsCount: 2 },
    CompletedTimestamp: expect.any(Date),
  });
  const answer = await fetch(job.ExportDestination?.S3Url ?? "");
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="\d{8}_\d{6}_[0-9a-f]{10}\.csv"$/);
  const body = await answer.text();
  expect(answer.headers.get("content-length")).toBe(String(Buffer.byteLength(body)));
  expect(body.split("\n")).toHaveLength(4);
  const json = await endOfExport(server.client, await createMessageExport(server.client, interval, "JSON"));
  expect(JSON.parse(await downloadExport(json))).toMatchObject([{ subject: "one" }, { subject: "two" }]);
  const midnight = Math.floor(Date.now() / day) * day;
  const dates = { StartDate: new Date(midnight - day), EndDate: new Date(midnight + 2 * day) };
  const { JobId = "" } = await server.client.send(
    new CreateExportJobCommand(metricsJob({ ...dates, Dimensions: { EMAIL_IDENTITY: ["*"] } })),
  );
  const metrics = await endOfExport(server.client, JobId);
  expect(await downloadExport(metrics)).toBe("EMAIL_IDENTITY,SEND_VOLUME\nexample.com,2.0000\n");
  expect(metrics.ExportDestination?.S3Url).toContain(`/ses-metrics-`);
  expect(await refused(server.client.send(new CancelExportJobCommand({ JobId })))).toEqual([
    bad,
    "Cannot cancel an export job that has a <COMPLETED> status.",
  ]);
});

it("answers downloads as they were signed, in their time, while the file is there", async () => {
  const begun = Date.now();
  const job = await endOfExport(server.client, await createMessageExport(server.client, interval));
  const url = new URL(job.ExportDestination?.S3Url ?? "");
  // It is valid for an hour, to the second.
  const expires = Number(url.searchParams.get("expires")) * 1000;
  expect(expires).toBeGreaterThan(begun + 3_599_000);
  expect(expires).toBeLessThanOrEqual(Date.now() + 3_601_000);
  const status = async (change: (url: URL) => void) => {
    const changed = new URL(url);
    change(changed);
    const answer = await fetch(changed);
    return [answer.status, (await answer.text()).slice(0, 40)];
  };
  const tampered = [403, '{"message":"This download URL is not as '];
  expect(await status((changed) => changed.searchParams.set("expires", "9999999999"))).toEqual(tampered);
  expect(await status((changed) => changed.searchParams.set("signature", "AAAA"))).toEqual(tampered);
  expect(await status((changed) => changed.searchParams.delete("signature"))).toEqual(tampered);
  expect(await status((changed) => changed.searchParams.append("expires", "9999999999"))).toEqual(tampered);
  expect(await status((changed) => changed.searchParams.append("signature", "a"))).toEqual(tampered);
  expect(await status((changed) => (changed.pathname = changed.pathname.replace(/_\w+\./, "_0000000000.")))).toEqual(
    tampered,
  );
  expect(await status((changed) => (changed.pathname = "/downloads/exports/..%2F..%2Fetc/passwd"))).toEqual(tampered);
  ahead = expires - 60_000 - Date.now();
  expect((await fetch(url)).status).toBe(200);
  ahead = expires + 1_000 - Date.now();
  expect(await status(() => {})).toEqual([403, '{"message":"This download URL has expire']);
  ahead = 0;
  for await (const { key } of server.objects.list("exports/")) await server.objects.delete(key);
  expect(await status(() => {})).toEqual([404, '{"message":"The file of this export is n']);
  await server.database.query("DELETE FROM export_jobs");
  expect(await status(() => {})).toEqual([404, '{"message":"The file of this export is n']);
});

it("sees all that was acknowledged before the job was created", async () => {
  for (let round = 0; round < 5; round++) {
    const subject = `round ${round}`;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        server.client.send(
          new SendEmailCommand({
            FromEmailAddress: "sender@example.com",
            Destination: { ToAddresses: ["user@example.com"] },
            Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: "text" } } } },
          }),
        ),
      ),
    );
    const source = { StartDate: interval.start, EndDate: interval.end, Include: { Subject: [subject] } };
    const { JobId = "" } = await server.client.send(new CreateExportJobCommand(messagesJob(source)));
    expect((await endOfExport(server.client, JobId)).Statistics?.ExportedRecordsCount).toBe(20);
  }
});
