/** A backfill from files in S3 by a server that is killed repeatedly: its progress, and files that can't be read. */
import { gzipSync } from "node:zlib";
import { BatchGetMetricDataCommand, type Metric, SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
import type { ChangedMirrorSource, MirrorFailedFilePage, MirrorSource } from "../src/admin-api/mirror.ts";
import { type AwsEmulator, startAwsEmulator } from "./support/aws-emulator.ts";
import { eventually } from "./support/eventually.ts";
import { runCommand } from "./support/run-command.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";
import { sendingAccount, typicalEvents } from "./support/typical-ses-events.ts";

const files = 24;
const messagesPerFile = 1_000;
const kills = 2;
const account = sendingAccount;
const region = "eu-west-1";

/** The metric that counts each type: every message has one recipient, and at most one event of each type. */
const metrics: Readonly<Record<string, Metric>> = {
  Send: "SEND",
  Delivery: "DELIVERY",
  Bounce: "PERMANENT_BOUNCE",
  Complaint: "COMPLAINT",
  Open: "OPEN",
  Click: "CLICK",
};

let emulator: AwsEmulator;
let dataDir: string;
let server: ServerProcess;

beforeAll(async () => {
  emulator = await startAwsEmulator();
  dataDir = await temporaryFolder();
});
afterAll(async () => {
  await server?.stop();
  await emulator?.stop();
  await removeFolder(dataDir);
});

it(`counts each event once despite ${kills} kills, shows its progress, and lists files that it can't read`, async () => {
  const bucket = emulator.bucket("firehose");
  let events = 0;
  const expected = Object.fromEntries(Object.values(metrics).map((metric) => [metric, 0]));
  for (let file = 0; file < files; file++) {
    const lines = Array.from({ length: messagesPerFile }, (_, n) => typicalEvents(file * messagesPerFile + n)).flat();
    events += lines.length;
    for (const line of lines) {
      const metric = metrics[String(JSON.parse(line).eventType)];
      if (metric) expected[metric] = (expected[metric] ?? 0) + 1;
    }
    await bucket.put(`events/2026/10/01/00/stream-${String(file).padStart(3, "0")}.gz`, gzipSync(lines.join("\n")));
  }
  await bucket.put("events/2026/10/01/00/table.parquet", "PAR1....PAR1");

  server = await start();
  const settings = { bucket: "firehose", prefix: "events/", region: "us-east-1", follow: false };
  const given = { name: "backfill", kind: "s3", accounts: [account], region, settings };
  const { id } = await call<ChangedMirrorSource>("/admin/mirror", given);
  const progress = async () => (await call<MirrorSource>(`/admin/mirror/${id}`)).files;
  let readBefore = 0;
  for (let kill = 0; kill < kills; kill++) {
    // A fast machine may have read them all before a kill.
    const goal = Math.min(files, Math.max(readBefore + 1, Math.floor((kill * files) / (kills + 1))));
    await eventually(async () => expect((await progress())?.read).toBeGreaterThanOrEqual(goal));
    const found = await progress();
    expect(found).toMatchObject({ found: files + 1 });
    readBefore = found?.read ?? 0;
    await server.kill("SIGKILL");
    server = await start();
    // Files that were read are not read again.
    expect((await progress())?.read).toBeGreaterThanOrEqual(readBefore);
  }
  await eventually(async () => expect((await progress())?.read).toBe(files));
  const { bytes = 0, bytesRead = 0, ...rest } = (await progress()) ?? {};
  expect(rest).toMatchObject({ found: files + 1, failed: 1, events, firstFoundAt: expect.any(String) });
  expect(bytes - bytesRead).toBe("PAR1....PAR1".length);

  const key = "events/2026/10/01/00/table.parquet";
  const error = expect.stringContaining("Files in the format Parquet are not supported");
  const failed = await call<MirrorFailedFilePage>(`/admin/mirror/${id}/failed-files`);
  expect(failed).toEqual({ files: [{ key, bytes: 12, error }] });
  expect(await call(`/admin/mirror/${id}/failed-files?after=${key}`)).toEqual({ files: [] });
  const operator = { MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: new URL(server.url).port };
  const shown = await runCommand(["mirror", "show", "backfill"], operator);
  expect(shown.stdout).toContain(`${files} of ${files + 1} files are read`);
  expect(shown.stdout).toContain("1 files can't be read: mailglass mirror failed-files backfill");
  expect((await runCommand(["mirror", "failed-files", "backfill"], operator)).stdout).toContain(`${key}\n  Files in`);

  const client = new SESv2Client({
    ...{ endpoint: server.url, region, maxAttempts: 1 },
    credentials: { accessKeyId: account, secretAccessKey: "any" },
  });
  await eventually(async () => expect(await volumesOf(client)).toEqual(expected));
  client.destroy();
});

async function start(): Promise<ServerProcess> {
  const environment = { ...emulator.environment, MAILGLASS_REGIONS: region, MAILGLASS_ACCOUNTS_FROM_KEYS: "on" };
  const started = await startServer({ dataDir, environment });
  onTestFailed(() => console.log(started.output().slice(-10_000)));
  return started;
}

async function volumesOf(client: SESv2Client): Promise<Record<string, number>> {
  const Queries = Object.values(metrics).map((Metric) => ({
    ...({ Id: Metric, Namespace: "VDM", Metric } as const),
    ...{ StartDate: new Date("2026-10-01T00:00:00Z"), EndDate: new Date("2026-10-03T00:00:00Z") },
  }));
  const { Results = [] } = await client.send(new BatchGetMetricDataCommand({ Queries }));
  return Object.fromEntries(
    Results.map(({ Id = "", Values = [] }) => [Id, Values.reduce((total, value) => total + value, 0)]),
  );
}

async function call<Answer>(path: string, body?: object): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const request = body && { method: "POST", headers, body: JSON.stringify(body) };
  const answer = await fetch(`${server.url}${path}`, request);
  const text = await answer.text();
  expect(answer.ok, text).toBe(true);
  return JSON.parse(text);
}
