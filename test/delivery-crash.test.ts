/**
 * What a killed server and a cut network owe to mail that was accepted: every message is delivered, with one Message-ID,
 * and at most one again for each connection that was open.
 */
import { setTimeout as delay } from "node:timers/promises";
import { GetMessageInsightsCommand, type SESv2Client, SendBulkEmailCommand } from "@aws-sdk/client-sesv2";
import { describe, expect, it, onTestFailed } from "vitest";
import { startClickHouse } from "./support/clickhouse-http-over-chdb.ts";
import { createServerDatabase } from "./support/databases.ts";
import { type NetworkLink, openLink } from "./support/network-link.ts";
import { type ReceivingServer, startReceivingServer } from "./support/receiving-server.ts";
import { removeFolder, type ServerProcess, startServer, temporaryFolder } from "./support/server-process.ts";

const messages = 10_000;
const connections = 20;

function environmentOf(link: NetworkLink): Record<string, string> {
  return {
    MAILGLASS_DELIVERY: "relay",
    MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${link.port}`,
    MAILGLASS_DELIVERY_CONNECTIONS: String(connections),
    MAILGLASS_IDENTITY_VERIFICATION: "off",
    MAILGLASS_RETRY_SECONDS: "1",
  };
}

/** Sends `count` messages, 50 a call; resolves to the ids that were acknowledged. Ends early once `gone` aborts. */
async function send(client: SESv2Client, from: number, count: number): Promise<string[]> {
  const acknowledged: string[] = [];
  let next = from;
  const end = from + count;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (next < end) {
        const first = next;
        next += 50;
        const answer = await client.send(
          new SendBulkEmailCommand({
            FromEmailAddress: "sender@sender.example",
            DefaultContent: {
              Template: { TemplateContent: { Subject: "{{n}}", Text: "message {{n}}" }, TemplateData: "{}" },
            },
            BulkEmailEntries: Array.from({ length: Math.min(50, end - first) }, (_, index) => ({
              Destination: { ToAddresses: [`user-${first + index}@d${(first + index) % 17}.example`] },
              ReplacementEmailContent: {
                ReplacementTemplate: { ReplacementTemplateData: JSON.stringify({ n: first + index }) },
              },
            })),
          }),
        );
        for (const { Status, MessageId } of answer.BulkEmailEntryResults ?? []) {
          if (Status !== "SUCCESS" || !MessageId) throw new Error(`an entry was not accepted: ${Status}`);
          acknowledged.push(MessageId);
        }
      }
    }),
  );
  return acknowledged;
}

/** How often each message arrived, by the id that was acknowledged. */
function arrivals({ taken }: ReceivingServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { mime } of taken) {
    const id = /^Message-ID: <([^@]+)@/im.exec(mime.subarray(0, 4096).toString("latin1"))?.[1] ?? "";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

async function arrived(receiving: ReceivingServer, count: number): Promise<void> {
  // Each look reads all that arrived.
  const patience = { timeout: 240_000, interval: 250 };
  await expect.poll(() => arrivals(receiving).size, patience).toBeGreaterThanOrEqual(count);
}

/** Every acknowledged message arrived; `repeats` at most arrived again. */
function expectAll(receiving: ReceivingServer, acknowledged: readonly string[], repeats: number): void {
  const counts = arrivals(receiving);
  expect(acknowledged.filter((id) => !counts.has(id))).toEqual([]);
  expect([...counts.keys()].filter((id) => id === "")).toEqual([]);
  const again = [...counts.values()].reduce((sum, count) => sum + count - 1, 0);
  console.log(`delivery: ${counts.size} messages arrived, ${again} of them again; ${repeats} would be fine`);
  expect(again).toBeLessThanOrEqual(repeats);
}

/** A sample of the messages has one SEND and one DELIVERY, and delays at the most besides. */
async function expectInsights(client: SESv2Client, ids: readonly string[]): Promise<void> {
  for (let index = 0; index < ids.length; index += 101) {
    const { Insights = [] } = await client.send(new GetMessageInsightsCommand({ MessageId: ids[index] }));
    const types = Insights.flatMap(({ Events = [] }) => Events.map(({ Type }) => Type));
    expect(types.filter((type) => type !== "DELIVERY_DELAY")).toEqual(["SEND", "DELIVERY"]);
  }
}

describe("accepted mail", () => {
  it("is delivered in spite of a network that is cut and a server that is killed", async () => {
    await using receiving = await startReceivingServer();
    await using link = await openLink(receiving.port);
    const dataDir = await temporaryFolder();
    const environment = environmentOf(link);
    const start = async () => {
      const server = await startServer({ dataDir, environment });
      onTestFailed(() => console.log(server.output().slice(-20_000)));
      return server;
    };
    let server: ServerProcess = await start();
    const acknowledged = await send(server.client(), 0, messages / 2);
    await arrived(receiving, 1_000);
    // A message that the other side had taken, whose answer the cut swallowed, comes again.
    let repeats = link.open();
    link.cut();
    const later = send(server.client(), messages / 2, messages / 2);
    await delay(1_500);
    link.mend();
    acknowledged.push(...(await later));
    await arrived(receiving, arrivals(receiving).size + 1_000);
    repeats += link.open();
    await server.kill("SIGKILL");
    expect(arrivals(receiving).size, "the kill must come before the end").toBeLessThan(messages);

    server = await start();
    await arrived(receiving, messages);
    await expect
      .poll(async () => (await fetch(`${server.url}/admin/queue`)).json())
      .toMatchObject({ due: 0, waiting: 0, claimed: 0, paused: 0 });
    expectAll(receiving, acknowledged, repeats);
    await expectInsights(server.client(), acknowledged);
    expect((await server.stop()).code).toBe(0);
    await removeFolder(dataDir);
  }, 400_000);

  it("is taken up by another server where one is killed", async () => {
    await using receiving = await startReceivingServer();
    await using link = await openLink(receiving.port);
    const postgres = await createServerDatabase("nothing");
    const clickhouse = await startClickHouse();
    const dataDir = await temporaryFolder();
    const stores = { MAILGLASS_POSTGRES_URL: postgres.url, MAILGLASS_CLICKHOUSE_URL: clickhouse.url };
    const environment = { ...environmentOf(link), ...stores };
    const [one, other] = await Promise.all([
      startServer({ dataDir, environment }),
      startServer({ dataDir, environment }),
    ]);
    onTestFailed(() => console.log(one.output().slice(-10_000), other.output().slice(-10_000)));
    const acknowledged = await send(one.client(), 0, messages / 5);
    await arrived(receiving, messages / 50);
    // Those of the one that is killed.
    const repeats = connections;
    await one.kill("SIGKILL");
    await arrived(receiving, messages / 5);
    await expect
      .poll(async () => (await fetch(`${other.url}/admin/queue`)).json())
      .toMatchObject({ due: 0, waiting: 0, claimed: 0, paused: 0 });
    expectAll(receiving, acknowledged, repeats);
    await expectInsights(other.client(), acknowledged);
    expect((await other.stop()).code).toBe(0);
    await clickhouse.stop();
    await postgres.drop();
    await removeFolder(dataDir);
  }, 400_000);
});
