/**
 * Events on their way to a webhook: a configuration set with an event destination gets mail over 32 connections, and
 * its Send and Delivery events are posted to a receiver in a process of its own. Publishing is measured from the last
 * accepted message to the last event, beside a bare undici loop that posts the same bodies to the same receiver.
 * SendEmail with the destination alternates with SendEmail without one. A figure is the median of rounds.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { CreateConfigurationSetCommand, CreateConfigurationSetEventDestinationCommand } from "@aws-sdk/client-sesv2";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { benchMail } from "./bench-mail.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { runLoad } from "./http-load.ts";

export const name = "publish";
export const description = "Events a second to a webhook, beside a bare undici loop; SendEmail with a destination.";

const messages = Number(process.env.BENCH_MESSAGES ?? 10_000);
const rounds = 3;
const httpConnections = 32;
/** As many as the server opens to a webhook by default. */
const webhookConnections = 16;
/** SEND and DELIVERY. */
const eventsPerMessage = 2;

/** Throws if a message is rejected, or an event does not arrive exactly once. */
export async function* run(): AsyncGenerator<Figure> {
  await using sink = await startSink();
  await using server = await startServer({ environment: { MAILGLASS_LOG_LEVEL: "warn" } });
  await createDestination(server, sink.url);
  await send(server, "published", messages / 5);
  await arrived(sink, (messages / 5) * eventsPerMessage);
  await send(server, "quiet", messages / 5);
  const published: number[] = [];
  const bare: number[] = [];
  const withDestination: number[] = [];
  const without: number[] = [];
  for (let round = 0; round < rounds; round++) {
    without.push(await send(server, "quiet", messages));
    await delay(1_000);
    const before = (await sink.count()).taken;
    withDestination.push(await send(server, "published", messages));
    const begun = Date.now();
    const { taken } = await sink.count();
    const total = before + messages * eventsPerMessage;
    const last = await arrived(sink, total);
    published.push((total - taken) / ((last - begun) / 1000));
    await delay(1_000);
    bare.push(await postBare(sink));
  }
  yield figureOf({
    bench: name,
    figure: "events published to a webhook, beside a bare undici loop",
    ours: median(published),
    reference: median(bare),
    unit: "events/s",
  });
  yield figureOf({
    bench: name,
    figure: "SendEmail with a destination, beside without",
    ours: median(withDestination),
    reference: median(without),
    unit: "requests/s",
  });
}

async function createDestination(server: ServerProcess, url: string): Promise<void> {
  const response = await fetch(`${server.url}/admin/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "sink", url, eventTypes: ["SENDING_PAUSED"] }),
  });
  if (!response.ok) throw new Error(`the webhook was refused: ${await response.text()}`);
  const { topicArn }: { topicArn: string } = JSON.parse(await response.text());
  const client = server.client();
  for (const ConfigurationSetName of ["published", "quiet"]) {
    await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName }));
  }
  await client.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: "published",
      EventDestinationName: "sink",
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ["SEND", "DELIVERY", "BOUNCE"],
        SnsDestination: { TopicArn: topicArn },
      },
    }),
  );
}

/** Resolves to the requests a second. */
async function send(server: ServerProcess, configurationSet: string, count: number): Promise<number> {
  const { hostname, port, host } = new URL(server.url);
  const { seconds, statuses } = await runLoad({
    host: hostname,
    port: Number(port),
    connections: httpConnections,
    requests: count,
    request: (n) => requestBytes(host, configurationSet, n),
  });
  if (statuses.get(200) !== count) throw new Error(`not all were accepted: ${JSON.stringify([...statuses])}`);
  return count / seconds;
}

function requestBytes(host: string, ConfigurationSetName: string, n: number): Buffer {
  const { from, recipient, subject, text, html } = benchMail;
  const body = JSON.stringify({
    FromEmailAddress: from,
    ConfigurationSetName,
    Destination: { ToAddresses: [recipient(n)] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } } },
  });
  const head = [
    "POST /v2/email/outbound-emails HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.from(head + body);
}

/** Resolves to the time at which the last of `count` events was posted. */
async function arrived(sink: Sink, count: number): Promise<number> {
  for (let waited = 0; waited < 120_000; waited += 20) {
    const { taken, last } = await sink.count();
    if (taken > count) throw new Error(`${taken - count} events were posted twice`);
    if (taken === count) return last;
    await delay(20);
  }
  throw new Error(`${count - (await sink.count()).taken} events were not posted`);
}

/** Posts as many events as a round publishes; resolves to the posts a second. */
async function postBare(sink: Sink): Promise<number> {
  const posts = messages * eventsPerMessage;
  const before = (await sink.count()).taken;
  const file = join(import.meta.dirname, "undici-loop.ts");
  const child = spawn(process.execPath, [file, sink.url, String(webhookConnections), String(posts)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(await sink.bodies()));
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  await once(child, "close");
  await arrived(sink, before + posts);
  return posts / Number(printed);
}

interface Sink extends AsyncDisposable {
  readonly url: string;
  count(): Promise<{ taken: number; last: number }>;
  bodies(): Promise<string[]>;
}

async function startSink(): Promise<Sink> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "webhook-sink.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const killLeftover = () => child.kill("SIGKILL");
  process.once("exit", killLeftover);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error("the receiver ended");
    return String(value);
  };
  const ask = async (question: string) => {
    child.stdin.write(`${question}\n`);
    return JSON.parse(await next());
  };
  const port = Number((await next()).replace("port ", ""));
  return {
    url: `http://127.0.0.1:${port}/events`,
    count: () => ask("count"),
    bodies: () => ask("bodies"),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await once(child, "close");
      process.off("exit", killLeftover);
    },
  };
}
