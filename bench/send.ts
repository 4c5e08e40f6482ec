/**
 * SendEmail over 32 connections. Our server, in its own process with its defaults (PGlite and chDB on disk, messages
 * committed before the response), is compared with aws-ses-v2-local (mail in memory), a bare node:http server, and our
 * server on PostgreSQL, where messages and commits are also synced to disk. They alternate, so that a slowdown of the
 * machine affects them all; a figure is the median of rounds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { GetMessageInsightsCommand } from "@aws-sdk/client-sesv2";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { startDurablePostgres } from "./durable-postgres.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { quantile, runLoad } from "./http-load.ts";
import { startAwsSesV2Local, startBareServer } from "./reference-server.ts";

export const name = "send";
export const description =
  "SendEmail requests a second and their latency, beside aws-ses-v2-local and bare node:http, and on PostgreSQL beside PGlite.";

const connections = 32;
const rounds = 3;
const requestsPerRound = 6_000;
const warmUpRequests = 3_000;
/** Our recorder still moves events after the last response; this must not slow down the next server. */
const restMs = 1_000;
const sampleSize = 200;

interface Content {
  label: string;
  /** Returns the request's body for a recipient. */
  body: (recipient: string) => string;
}

interface Target {
  url: string;
  /** Called with the body of each response. */
  answered: (body: string) => void;
}

const names = ["ours", "onPostgres", "emulator", "bare"] as const;
type Name = (typeof names)[number];
type Targets = Record<Name, Target>;

interface Round {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Throws if a request is rejected, or an acknowledged message is not in insights afterwards. */
export async function* run(): AsyncGenerator<Figure> {
  await using ours = await startServer();
  await using postgres = await startDurablePostgres();
  await using onPostgres = await startServer({ environment: { MAILGLASS_POSTGRES_URL: postgres.url } });
  const emulator = await startAwsSesV2Local();
  const bare = await startBareServer();
  try {
    const acknowledged = new Map<ServerProcess, string[]>([
      [ours, []],
      [onPostgres, []],
    ]);
    const keptTarget = (server: ServerProcess): Target => ({
      url: server.url,
      answered(body) {
        const { MessageId: id }: { MessageId: string } = JSON.parse(body);
        acknowledged.get(server)?.push(id);
      },
    });
    const targets: Targets = {
      ours: keptTarget(ours),
      onPostgres: keptTarget(onPostgres),
      emulator: { url: emulator.url, answered: () => {} },
      bare: { url: bare.url, answered: () => {} },
    };
    for (const content of contents()) yield* measure(content, targets);
    for (const [server, ids] of acknowledged) await verify(server, ids);
  } finally {
    await emulator.stop();
    await bare.stop();
  }
}

async function* measure(content: Content, targets: Targets): AsyncGenerator<Figure> {
  const measured: Record<Name, Round[]> = { ours: [], onPostgres: [], emulator: [], bare: [] };
  for (const target of Object.values(targets)) await load(target, content, warmUpRequests);
  await delay(restMs);
  for (let round = 0; round < rounds; round++) {
    for (const who of names) {
      measured[who].push(await load(targets[who], content, requestsPerRound));
      if (who === "ours" || who === "onPostgres") await delay(restMs);
    }
  }
  const middle = (who: keyof typeof measured, value: keyof Round) => median(measured[who].map((one) => one[value]));
  const figure = (what: string, value: keyof Round, reference: "emulator" | "bare", unit: string) =>
    figureOf({
      bench: name,
      figure: `${content.label}: ${what}, beside ${reference === "bare" ? "bare node:http" : "aws-ses-v2-local"}`,
      ours: middle("ours", value),
      reference: middle(reference, value),
      unit,
    });
  yield figure("throughput", "perSecond", "emulator", "requests/s");
  yield figure("latency p50", "p50", "emulator", "ms");
  yield figure("latency p99", "p99", "emulator", "ms");
  yield figure("throughput", "perSecond", "bare", "requests/s");
  yield figureOf({
    bench: name,
    figure: `${content.label}: throughput on PostgreSQL that syncs to disk, beside PGlite`,
    ours: middle("onPostgres", "perSecond"),
    reference: middle("ours", "perSecond"),
    unit: "requests/s",
  });
}

async function load(target: Target, content: Content, requests: number): Promise<Round> {
  const { hostname, port, host } = new URL(target.url);
  let refused: string | undefined;
  const { seconds, latencies } = await runLoad({
    host: hostname,
    port: Number(port),
    connections,
    requests,
    request: (n) => requestBytes(host, content.body(`user-${n % 500}@example.com`)),
    onAnswer: (status, body) => {
      if (status === 200) target.answered(body);
      else refused ??= `${target.url} answered ${status}: ${body}`;
    },
  });
  if (refused !== undefined) throw new Error(refused);
  return { perSecond: requests / seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

function requestBytes(host: string, body: string): Buffer {
  const bytes = Buffer.from(body);
  const head = [
    "POST /v2/email/outbound-emails HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${bytes.length}`,
    // Both servers require the header; neither verifies it.
    `authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), bytes]);
}

function contents(): Content[] {
  const from = "Sender <sender@example.com>";
  const text = "All work and no play makes a dull mail. ".repeat(26).slice(0, 1024);
  const html = `<p>${text}`.slice(0, 1020).concat("</p>");
  const raw = Buffer.from(
    `From: ${from}\r\nTo: someone@example.com\r\nSubject: A raw message\r\nMIME-Version: 1.0\r\n\r\n${text.repeat(2).replaceAll("mail. ", "mail.\r\n")}`,
  )
    .subarray(0, 2048)
    .toString("base64");
  return [
    {
      label: "Simple, 1 KB text and 1 KB HTML",
      body: (recipient) =>
        JSON.stringify({
          FromEmailAddress: from,
          Destination: { ToAddresses: [recipient] },
          Content: { Simple: { Subject: { Data: "A message" }, Body: { Text: { Data: text }, Html: { Data: html } } } },
        }),
    },
    {
      label: "Raw, 2 KB",
      body: (recipient) =>
        JSON.stringify({
          FromEmailAddress: from,
          Destination: { ToAddresses: [recipient] },
          Content: { Raw: { Data: raw } },
        }),
    },
  ];
}

/** A figure counts only if the work was done: a sample of the acknowledged messages must be in insights. */
async function verify(server: ServerProcess, acknowledged: readonly string[]): Promise<void> {
  const client = server.client();
  const step = Math.max(1, Math.floor(acknowledged.length / sampleSize));
  for (let index = 0; index < acknowledged.length; index += step) {
    const MessageId = acknowledged[index];
    const { Insights: insights = [] } = await client.send(new GetMessageInsightsCommand({ MessageId }));
    const sent = insights.flatMap((one) => one.Events ?? []).filter((event) => event.Type === "SEND");
    if (sent.length !== 1) throw new Error(`${MessageId} was acknowledged and has ${sent.length} SEND events`);
  }
}
