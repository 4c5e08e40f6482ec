/**
 * Events on their way to a webhook: a configuration set with an event destination gets mail over 32 connections, and
 * its Send and Delivery events are posted to a receiver in a process of its own. Publishing is measured from the last
 * accepted message to the last event, beside a bare undici loop that posts the same bodies to the same receiver.
 * SendEmail with the destination alternates with SendEmail without one. A figure is the median of rounds.
 */
import { setTimeout as delay } from "node:timers/promises";
import { CreateConfigurationSetCommand, CreateConfigurationSetEventDestinationCommand } from "@aws-sdk/client-sesv2";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";
import { sendEmailRequest } from "./bench-mail.ts";
import { arrived, type ChildSink, runChild, startChildSink, type TakenCount } from "./child-sink.ts";
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
  await using sink = await startChildSink("webhook-sink.ts");
  await using server = await startServer({ environment: { MAILGLASS_LOG_LEVEL: "warn" } });
  await createDestination(server, urlOf(sink));
  await send(server, "published", messages / 5);
  await arrived(sink, (messages / 5) * eventsPerMessage, "events");
  await send(server, "quiet", messages / 5);
  const published: number[] = [];
  const bare: number[] = [];
  const withDestination: number[] = [];
  const without: number[] = [];
  for (let round = 0; round < rounds; round++) {
    without.push(await send(server, "quiet", messages));
    await delay(1_000);
    const before = (await sink.ask<TakenCount>("count")).taken;
    withDestination.push(await send(server, "published", messages));
    const begun = Date.now();
    const { taken } = await sink.ask<TakenCount>("count");
    const total = before + messages * eventsPerMessage;
    const last = await arrived(sink, total, "events");
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
    request: (n) => sendEmailRequest(host, n, configurationSet),
  });
  if (statuses.get(200) !== count) throw new Error(`not all were accepted: ${JSON.stringify([...statuses])}`);
  return count / seconds;
}

/** Posts as many events as a round publishes; resolves to the posts a second. */
async function postBare(sink: ChildSink): Promise<number> {
  const posts = messages * eventsPerMessage;
  const before = (await sink.ask<TakenCount>("count")).taken;
  const bodies = JSON.stringify(await sink.ask<string[]>("bodies"));
  const seconds = await runChild("undici-loop.ts", [urlOf(sink), webhookConnections, posts], bodies);
  await arrived(sink, before + posts, "events");
  return posts / seconds;
}

function urlOf({ port }: ChildSink): string {
  return `http://127.0.0.1:${port}/events`;
}
