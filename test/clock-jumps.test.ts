/** The system's clock is set while a server sends: all mail goes out, once. */
import { GetMessageInsightsCommand, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it, onTestFailed, onTestFinished } from "vitest";
import { type ClickHouseStandIn, startClickHouse } from "./support/clickhouse-http-over-chdb.ts";
import { eventually } from "./support/eventually.ts";
import { faketimeMissing } from "./support/missing-tools.ts";
import { startReceivingServer } from "./support/receiving-server.ts";
import { removeFolder, startServer, temporaryFolder } from "./support/server-process.ts";
import { clockOf, makeSetClock } from "./support/set-clock.ts";

const hour = 3600;

describe.skipIf(faketimeMissing())("a clock that is set while mail goes out", () => {
  // chDB's threads wait by the kernel's clock for times of the set one, in libfaketime only.
  let clickhouse: ClickHouseStandIn;
  beforeAll(async () => {
    clickhouse = await startClickHouse();
  });
  afterAll(() => clickhouse.stop());

  it.each([
    ["forward", [3 * hour, 50 * hour]],
    ["back", [-2 * hour, -50 * hour]],
    ["to and fro", [8 * hour, -8 * hour, 0]],
  ])("%s: everything is accepted, delivered once and recorded", { timeout: 240_000 }, async (direction, jumps) => {
    const folder = await temporaryFolder();
    onTestFinished(() => removeFolder(folder));
    const clock = await makeSetClock(folder);
    await using receiving = await startReceivingServer();
    const sent: string[] = [];
    await using server = await startServer({
      environment: {
        ...clock.environment,
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${receiving.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_SEND_RATE: "1000",
        MAILGLASS_CLICKHOUSE_URL: `${clickhouse.url}/${direction.replaceAll(" ", "_")}`,
      },
    });
    onTestFailed(() => console.log(server.output(), sent.length, receiving.taken.length));
    const client = server.client();

    const send = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const { MessageId = "" } = await client.send(
          new SendEmailCommand({
            FromEmailAddress: "sender@sender.example",
            Destination: { ToAddresses: [`user-${sent.length}@d${n % 5}.example`] },
            Content: { Simple: { Subject: { Data: "clock" }, Body: { Text: { Data: "Hello" } } } },
          }),
        );
        sent.push(MessageId);
      }
    };
    // A failure for now: this one waits for its time to come, by whichever clock.
    receiving.rcpt = (recipient) => (recipient.startsWith("user-0@") ? "451 4.2.1 Later" : undefined);
    await send(20);
    for (const jump of jumps) {
      await clock.set(jump);
      await eventually(async () => expect(Math.abs((await clockOf(server.url)) - jump)).toBeLessThan(60));
      await send(20);
      await eventually(() => expect(receiving.taken.length).toBe(sent.length - 1));
    }
    const arrived = receiving.taken.map(({ mime }) => /^Message-ID: <([^@]+)@/im.exec(mime.toString())?.[1] ?? "");
    expect(arrived.sort()).toEqual(sent.slice(1).sort());
    expect(server.output()).not.toContain("the lease of this worker expired");
    for (const MessageId of sent.slice(-3)) {
      const types = async () => {
        const { Insights } = await client.send(new GetMessageInsightsCommand({ MessageId }));
        return Insights?.[0]?.Events?.map(({ Type }) => Type);
      };
      await eventually(async () => expect(await types()).toEqual(["SEND", "DELIVERY"]));
    }
  });
});
