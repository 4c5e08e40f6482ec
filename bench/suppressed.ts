/**
 * SendEmail with 1,000,000 addresses on the suppression list compared with an empty list: two servers in their own
 * processes with their defaults, alternating, so that a slowdown of the machine affects both.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  GetMessageInsightsCommand,
  GetSuppressedDestinationCommand,
  ListSuppressedDestinationsCommand,
  SendEmailCommand,
} from "@aws-sdk/client-sesv2";
import { openDatabase } from "../src/stores/postgres/open-database.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "../test/support/server-process.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { runLoad } from "./http-load.ts";

export const name = "suppressed";
export const description = "SendEmail requests a second with 1,000,000 suppressed addresses, beside none.";

const listed = 1_000_000;
const connections = 32;
const rounds = 9;
const requestsPerRound = 2_000;
const warmUpRequests = 2_000;
/** The recorder still moves events after the last response; this must not slow down the next server. */
const restMs = 700;

/** Throws if a request is rejected, or the list is not applied. */
export async function* run(): AsyncGenerator<Figure> {
  const dataDir = await temporaryFolder();
  try {
    await (await startServer({ dataDir })).stop();
    await fill(dataDir);
    await using full = await startServer({ dataDir });
    await using empty = await startServer();
    await verify(full, "BOUNCE");
    await verify(empty, "DELIVERY");
    const measured = { full: [] as number[], empty: [] as number[] };
    await send(full, warmUpRequests);
    await send(empty, warmUpRequests);
    for (let round = 0; round < rounds; round++) {
      // The order alternates, too, since the second server benefits from a warm machine.
      const order = round % 2 === 0 ? (["full", "empty"] as const) : (["empty", "full"] as const);
      for (const who of order) {
        await delay(restMs);
        measured[who].push(await send(who === "full" ? full : empty, requestsPerRound));
      }
    }
    yield figureOf({
      bench: name,
      figure: "SendEmail, 1,000,000 suppressed addresses beside none",
      ours: median(measured.full),
      reference: median(measured.empty),
      unit: "requests/s",
    });
  } finally {
    await removeFolder(dataDir);
  }
}

/** Adds the addresses to the store of a stopped server. */
async function fill(dataDir: string): Promise<void> {
  const database = await openDatabase({ folder: join(dataDir, "postgres") });
  try {
    await database.query(
      `INSERT INTO suppressed_destinations (scope, tenant, address, reason, updated_at)
       SELECT 1, '', 'suppressed-' || number || '@example.com', 'BOUNCE', now() FROM generate_series(1, $1::bigint) AS number`,
      [listed],
    );
  } finally {
    await database.close();
  }
}

/** Requests a second, to addresses that are not on the list. */
async function send(server: ServerProcess, requests: number): Promise<number> {
  const { hostname, port, host } = new URL(server.url);
  let refused: string | undefined;
  const { seconds } = await runLoad({
    host: hostname,
    port: Number(port),
    connections,
    requests,
    request: (n) => requestBytes(host, `user-${n % 500}@example.com`),
    onAnswer: (status, body) => {
      if (status !== 200) refused ??= `${server.url} answered ${status}: ${body}`;
    },
  });
  if (refused !== undefined) throw new Error(refused);
  return requests / seconds;
}

const text = "All work and no play makes a dull mail. ".repeat(26).slice(0, 1024);

function requestBytes(host: string, recipient: string): Buffer {
  const body = Buffer.from(JSON.stringify(message(recipient)));
  const head = [
    "POST /v2/email/outbound-emails HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `content-length: ${body.length}`,
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head), body]);
}

function message(recipient: string) {
  return {
    FromEmailAddress: "Sender <sender@example.com>",
    Destination: { ToAddresses: [recipient] },
    Content: { Simple: { Subject: { Data: "A message" }, Body: { Text: { Data: text } } } },
  };
}

/** Checks that mail to the last of the addresses is suppressed. */
async function verify(server: ServerProcess, outcome: "BOUNCE" | "DELIVERY"): Promise<void> {
  const client = server.client();
  const address = `suppressed-${listed}@example.com`;
  const { MessageId } = await client.send(new SendEmailCommand(message(address)));
  const { Insights = [] } = await client.send(new GetMessageInsightsCommand({ MessageId }));
  const types = Insights.flatMap(({ Events = [] }) => Events.map(({ Type }) => Type));
  if (types.join() !== `SEND,${outcome}`) throw new Error(`mail to ${address} has the events ${types.join()}`);
  if (outcome === "DELIVERY") return;
  await client.send(new GetSuppressedDestinationCommand({ EmailAddress: address }));
  const { NextToken } = await client.send(new ListSuppressedDestinationsCommand({}));
  if (NextToken === undefined) throw new Error("the list has one page only");
}
