/**
 * One server sends mail and publishes its events, another mirrors them through SQS and HTTPS at the same time. Both are
 * killed repeatedly. In the end, the mirror's insights, metrics and exports must equal the sender's.
 * MIRROR_KILL_RUN=10 makes 10 kills with 10,000 messages each; KILL_SEED=N repeats the times of the kills.
 */
import {
  BatchGetMetricDataCommand,
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateExportJobCommand,
  type EventType,
  GetMessageInsightsCommand,
  type Metric,
  SESv2Client,
  SendBulkEmailCommand,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import type { ChangedMirrorSource, MirrorSource } from "../src/admin-api/mirror.ts";
import { type AwsEmulator, type SubscribedTopic, startAwsEmulator } from "./support/aws-emulator.ts";
import { eventually } from "./support/eventually.ts";
import { freePort } from "./support/free-port.ts";
import { downloadExport, endOfExport } from "./support/message-export.ts";
import { randomNumbers } from "./support/random.ts";
import { told } from "./support/sent-mail.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

const fullRun = process.env.MIRROR_KILL_RUN;
const kills = Number(fullRun ?? 2);
const messagesPerKill = fullRun === undefined ? 300 : 10_000;
const entriesPerCall = 50;
const callers = 4;
const seed = Number(process.env.KILL_SEED ?? Math.trunc(Math.random() * 2 ** 32));
const random = randomNumbers(seed);
const account = "111122223333";
const began = new Date(Date.now() - 60_000);

describe("a mirror", () => {
  let emulator: AwsEmulator;
  let topic: SubscribedTopic;
  let ports: { sender: number; mirror: number };
  let folders: { sender: string; mirror: string };
  const started: ServerProcess[] = [];
  const acknowledged: string[] = [];
  let sent = 0;

  beforeAll(async () => {
    console.log(`mirror kill run: KILL_SEED=${seed}`);
    emulator = await startAwsEmulator();
    topic = emulator.subscribedTopic("to-mirror");
    ports = { sender: await freePort(), mirror: await freePort() };
    folders = { sender: await temporaryFolder(), mirror: await temporaryFolder() };
  });
  afterAll(async () => {
    await Promise.all(started.map((server) => server.stop()));
    await emulator.stop();
    await removeFolder(folders.sender);
    await removeFolder(folders.mirror);
  });

  // Without a limit, an export has all messages, not a sample of them.
  const common = () => ({
    ...emulator.environment,
    MAILGLASS_IDENTITY_VERIFICATION: "off",
    MAILGLASS_EXPORT_MAX_ROWS: "0",
  });

  async function start(role: "sender" | "mirror", environment: Record<string, string>): Promise<ServerProcess> {
    const server = await startServer({
      dataDir: folders[role],
      environment: { ...common(), MAILGLASS_PORT: String(ports[role]), ...environment },
    });
    started.push(server);
    onTestFailed(() => console.log(`${role}: ${server.output().slice(-10_000)}`));
    return server;
  }

  const startSender = () =>
    start("sender", { MAILGLASS_ACCOUNT_ID: account, MAILGLASS_PUBLISHING_RETRY_SECONDS: Array(60).fill(1).join() });
  const startMirror = () => {
    const publishing = `http://127.0.0.1:${ports.sender}/publishing`;
    return start("mirror", {
      MAILGLASS_ACCOUNTS_FROM_KEYS: "on",
      MAILGLASS_MIRROR_SNS_CERTIFICATES: publishing,
      AWS_ENDPOINT_URL_SNS: `${publishing}/sns`,
    });
  };

  const call = async <Answer>(server: ServerProcess, path: string, body?: object): Promise<Answer> => {
    const headers = { "content-type": "application/json" };
    const request = body && { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetch(`${server.url}${path}`, request);
    const text = await answer.text();
    expect(answer.ok, text).toBe(true);
    return JSON.parse(text);
  };

  async function connect(sender: ServerProcess, mirror: ServerProcess): Promise<string[]> {
    const [topicArn, webhookArn] = [topic.topicArn, `arn:aws:sns:us-east-1:${account}:hook`];
    const settings = { queueUrl: topic.queueUrl, region: "us-east-1" };
    const queue = { name: "queue", kind: "sqs", accounts: [account], settings };
    const pushed = { name: "pushed", kind: "sns", settings: { topicArns: [webhookArn] } };
    const sources = [
      await call<ChangedMirrorSource>(mirror, "/admin/mirror", queue),
      await call<ChangedMirrorSource>(mirror, "/admin/mirror", pushed),
    ];
    const url = sources[1]?.url ?? "";
    const hook = await call<object>(sender, "/admin/webhooks", { name: "hook", url, envelope: "sns", eventTypes: [] });
    expect(hook).toMatchObject({ topicArn: webhookArn, confirmed: true });
    const client = sender.client();
    await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "news" }));
    for (const [index, TopicArn] of [topicArn, webhookArn].entries()) {
      const EventDestination = { Enabled: true, MatchingEventTypes: allTypes, SnsDestination: { TopicArn } };
      const EventDestinationName = `destination-${index}`;
      await client.send(
        new CreateConfigurationSetEventDestinationCommand({
          ...{ ConfigurationSetName: "news", EventDestinationName, EventDestination },
        }),
      );
    }
    return sources.map(({ id }) => id);
  }

  /** Sends until `goal` messages are acknowledged in total, or the server is gone. */
  async function sendUntil(client: SESv2Client, goal: number): Promise<void> {
    let gone = false;
    const caller = async () => {
      while (!gone && acknowledged.length < goal) {
        const first = sent;
        sent += entriesPerCall;
        await sendCall(client, first).catch(() => {
          gone = true;
        });
      }
    };
    await Promise.all(Array.from({ length: callers }, caller));
  }

  /** Every fifth message has two recipients, every seventh bounces, every eleventh gets a complaint. */
  async function sendCall(client: SESv2Client, first: number): Promise<void> {
    const { BulkEmailEntryResults = [] } = await client.send(
      new SendBulkEmailCommand({
        FromEmailAddress: "sender@sender.example",
        ConfigurationSetName: "news",
        DefaultContent: { Template: { TemplateContent: { Subject: "Hello", Text: "Hello" }, TemplateData: "{}" } },
        BulkEmailEntries: Array.from({ length: entriesPerCall }, (_, index) => ({
          Destination: { ToAddresses: recipientsOf(first + index) },
        })),
      }),
    );
    for (const { Status, MessageId = "" } of BulkEmailEntryResults) {
      if (Status !== "SUCCESS") throw new Error(`a message was not accepted: ${Status}`);
      acknowledged.push(MessageId);
    }
  }

  it(`has all sent mail despite ${kills} kills of either server`, async () => {
    let [sender, mirror] = [await startSender(), await startMirror()];
    const sources = await connect(sender, mirror);
    for (let kill = 1; kill <= kills; kill++) {
      const before = acknowledged.length;
      const sending = sendUntil(sender.client(), kill * messagesPerKill);
      const part = Math.ceil(random() * messagesPerKill);
      await eventually(() =>
        expect(acknowledged.length - before).toBeGreaterThanOrEqual(Math.min(part, messagesPerKill)),
      );
      await sender.kill("SIGKILL");
      await sending;
      sender = await startSender();
      const kept = sendUntil(sender.client(), kill * messagesPerKill);
      await mirror.kill("SIGKILL");
      mirror = await startMirror();
      await kept;
    }
    await sendUntil(sender.client(), kills * messagesPerKill);

    const mirrored = new SESv2Client({
      endpoint: mirror.url,
      region: "us-east-1",
      credentials: { accessKeyId: account, secretAccessKey: "any" },
      maxAttempts: 1,
    });
    const own = sender.client();
    const patience = { timeout: 600_000, interval: 500 };
    const expected = await metricsOf(own);
    expect(expected.SEND).toBeGreaterThan(0);
    await expect.poll(() => metricsOf(mirrored), patience).toEqual(expected);
    // The export also has mail that SES's metrics leave out.
    const exported = await exportOf(own);
    expect(exported.length).toBeGreaterThan(acknowledged.length);
    await expect.poll(() => exportOf(mirrored), patience).toEqual(exported);
    for (let index = 0; index < acknowledged.length; index += 37) {
      const asked = new GetMessageInsightsCommand({ MessageId: acknowledged[index] });
      const [here, there] = [await own.send(asked), await mirrored.send(asked)];
      expect(told(there)).toEqual(told(here));
    }
    for (const id of sources) {
      const source = await call<MirrorSource>(mirror, `/admin/mirror/${id}`);
      expect(source).toMatchObject({ status: "receiving", recordsSetAside: 0 });
      const types = source.checklist.types.map(({ type, events }) => `${type} ${events}`);
      console.log(`mirror kill run: ${source.kind} brought ${types.join(", ")}`);
    }
    console.log(`mirror kill run: ${acknowledged.length} messages acknowledged`, expected);
    mirrored.destroy();
    expect((await mirror.stop()).code).toBe(0);
    expect((await sender.stop()).code).toBe(0);
  }, 3_600_000);
});

const allTypes: EventType[] = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "OPEN", "CLICK", "DELIVERY_DELAY"];

function recipientsOf(n: number): string[] {
  if (n % 7 === 0) return [`bounce+${n}@simulator.amazonses.com`];
  if (n % 11 === 0) return [`complaint+${n}@simulator.amazonses.com`];
  return [`user-${n}@gmail.com`, ...(n % 5 === 0 ? [`other-${n}@example.net`] : [])];
}

const metricNames: Metric[] = ["SEND", "DELIVERY", "PERMANENT_BOUNCE", "COMPLAINT", "DELIVERY_COMPLAINT"];

/** The metrics of the run's mail. */
async function metricsOf(client: SESv2Client): Promise<Record<string, number>> {
  const day = 24 * 3_600_000;
  const { Results = [] } = await client.send(
    new BatchGetMetricDataCommand({
      Queries: metricNames.map((Metric) => ({
        ...{ Id: Metric, Namespace: "VDM", Metric },
        ...{ StartDate: new Date(began.getTime() - day), EndDate: new Date(Date.now() + day) },
      })),
    }),
  );
  const sum = (values: readonly number[] = []) => values.reduce((total, value) => total + value, 0);
  return Object.fromEntries(Results.map(({ Id = "", Values }) => [Id, sum(Values)]));
}

/** The lines of an export of all messages, sorted. */
async function exportOf(client: SESv2Client): Promise<string[]> {
  const { JobId = "" } = await client.send(
    new CreateExportJobCommand({
      ExportDataSource: { MessageInsightsDataSource: { StartDate: began, EndDate: new Date() } },
      ExportDestination: { DataFormat: "CSV" },
    }),
  );
  return (await downloadExport(await endOfExport(client, JobId))).split("\n").toSorted();
}
