/** The server's clock on demand: what waits for a time happens once the clock is moved there. */
import { BatchGetMetricDataCommand, GetAccountCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readHistory } from "../src/events/history.ts";
import { connectMailglass, type Message } from "../src/testing/index.ts";
import { adminRefusal, callAdmin } from "./support/admin-call.ts";
import { type Credentials, signedCall } from "./support/admin-caller.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { startReceivingServer } from "./support/receiving-server.ts";
import { send, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver } from "./support/webhook-receiver.ts";

const clockUrl = "/testing/clock";
const hour = 3_600_000;
const day = 24 * hour;

let server: InProcessServer | undefined;
// The first start of the run also starts the engines, which takes longer than a test may.
beforeAll(async () => (await startInProcess()).close());
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(environment: Record<string, string> = {}): Promise<InProcessServer> {
  server = await startInProcess({ environment });
  return server;
}

/** In milliseconds: the limit only ends a test that can't pass. */
const timeout = 50_000;
const eventsUntil = (message: Message, until: string) => message.events({ until, timeout });
const typesOf = async (message: Message) => (await message.events()).map(({ type }) => type);

const relaying = (port: number) => ({
  MAILGLASS_DELIVERY: "relay",
  MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${port}`,
  MAILGLASS_IDENTITY_VERIFICATION: "off",
});

describe("a moved clock", () => {
  it("lets a deferred delivery be retried, also if its destination rests", async () => {
    await using receiving = await startReceivingServer();
    const on = await start(relaying(receiving.port));
    const { inbox, clock } = await connectMailglass(on.url);
    for (const reply of ["451 4.2.1 Later", "421 4.3.2 Closing"]) {
      receiving.taken.length = 0;
      receiving.rcpt = () => reply;
      const message = await inbox.get(await send(on, simple()));
      await eventsUntil(message, "DELIVERY_DELAY");
      receiving.rcpt = () => undefined;
      await clock.advance("2h");
      const [sent, delayed, delivered, ...more] = await eventsUntil(message, "DELIVERY");
      expect([sent?.type, delayed?.type, delivered?.type, ...more]).toEqual(["SEND", "DELIVERY_DELAY", "DELIVERY"]);
      expect(receiving.taken).toHaveLength(1);
      expect(Number(delivered?.at) - Number(sent?.at)).toBeGreaterThanOrEqual(2 * hour);
    }
    expect(on.logged).toEqual([]);
  });

  it("lets mail expire after 14 hours", async () => {
    await using receiving = await startReceivingServer();
    const on = await start(relaying(receiving.port));
    const { inbox, clock } = await connectMailglass(on.url);
    receiving.rcpt = () => "451 4.2.1 Later";
    const message = await inbox.get(await send(on, simple()));
    await eventsUntil(message, "DELIVERY_DELAY");
    await clock.advance("13h");
    await eventually(async () => expect(await typesOf(message)).toEqual(["SEND", "DELIVERY_DELAY", "DELIVERY_DELAY"]));
    await clock.advance("90m");
    const bounce = (await eventsUntil(message, "BOUNCE")).at(-1);
    expect(bounce).toMatchObject({ type: "BOUNCE", bounceType: "Transient", bounceSubType: "General" });
    expect(bounce?.diagnostic).toContain("550 4.4.7 Message expired");
  });

  it("lets data past its retention go, and nothing else", async () => {
    const on = await start({ MAILGLASS_KEEP_EVENT_DAYS: "30", MAILGLASS_KEEP_MAIL_DAYS: "10" });
    const { inbox, clock } = await connectMailglass(on.url);
    const old = await send(on, simple());
    const message = await inbox.get(old);
    const mail = (id: string) => on.app.inject({ method: "GET", url: `/admin/messages/${id}/content` });
    expect((await mail(old)).statusCode).toBe(200);
    await clock.advance("12d");
    await eventually(async () => expect((await mail(old)).statusCode).toBe(404));
    expect(await typesOf(message)).toEqual(["SEND", "DELIVERY"]);
    const younger = await inbox.get(await send(on, simple()));
    await on.recorder.drained();
    await clock.advance("20d");
    await expect.poll(() => readHistory(on, old)).toEqual([]);
    expect(await typesOf(younger)).toEqual(["SEND", "DELIVERY"]);
    expect(on.logged).toEqual([]);
  });

  it("shows mail sent after it went back, also if the inbox was emptied in the future", async () => {
    const on = await start();
    const { inbox, clock } = await connectMailglass(on.url);
    await clock.advance("48h");
    await send(on, simple());
    await inbox.delete();
    await clock.reset();
    const id = await send(on, simple());
    await eventually(async () => expect(await inbox.list()).toMatchObject([{ id }]));
  });

  it("makes today yesterday for metrics", async () => {
    const on = await start();
    const noon = new Date(Math.floor(Date.now() / day) * day + 12 * hour);
    const { clock } = await connectMailglass(on.url);
    await clock.set(noon);
    await send(on, simple());
    await send(on, simple());
    await clock.advance("1d");
    await send(on, simple());
    const midnight = new Date(noon.getTime() - 12 * hour);
    const { Results = [] } = await on.client.send(
      new BatchGetMetricDataCommand({
        Queries: [
          {
            Id: "sent",
            Namespace: "VDM",
            Metric: "SEND",
            StartDate: midnight,
            EndDate: new Date(midnight.getTime() + 2 * day),
          },
        ],
      }),
    );
    expect(Results).toEqual([
      { Id: "sent", Timestamps: [midnight, new Date(midnight.getTime() + day)], Values: [2, 1] },
    ]);
  });

  it("lets failed events be posted to webhooks again, signed by the machine's time", async () => {
    await using receiver = await startWebhookReceiver();
    receiver.answer = (_request, response) => response.writeHead(503).end();
    const on = await start();
    const { clock } = await connectMailglass(on.url);
    const { secret } = await callAdmin<{ secret: string }>(on.app, "POST", "/admin/webhooks", {
      name: "failing",
      url: receiver.url,
      eventTypes: ["SEND"],
    });
    const waiting = async (tries: number) => {
      const batches = await on.database.query("SELECT tries FROM publication_batches WHERE state = 'waiting'");
      expect(batches).toEqual([{ tries }]);
    };
    await send(on, simple());
    await eventually(() => waiting(1));
    await clock.advance("2h");
    await eventually(() => waiting(2));
    receiver.answer = (_request, response) => response.writeHead(204).end();
    await clock.advance("2h");
    await eventually(() => expect(receiver.received).toHaveLength(3));
    const last = receiver.received.at(-1);
    // It refuses timestamps that are not within five minutes of this machine's clock.
    new Verifier(secret).verify(last?.body ?? "", last?.headers ?? {});
  });
});

describe("a frozen clock", () => {
  it("gives everything the same time, and stops no work", async () => {
    const on = await start({ MAILGLASS_RATE_LIMITS: "ses" });
    const at = "2027-03-01T12:00:00.000Z";
    const { inbox, clock } = await connectMailglass(on.url);
    expect(await clock.freeze(at)).toMatchObject({ now: at, frozen: true });
    const message = await inbox.get(await send(on, simple()));
    expect((await message.events()).map((event) => event.at.toISOString())).toEqual([at, at]);
    // Rates count by the machine's time.
    const calls = async () => (await on.client.send(new GetAccountCommand({}))).SendQuota?.SentLast24Hours;
    for (let n = 0; n < 5; n++) await calls();
    await eventually(async () => expect(await calls()).toBe(1));
    await clock.reset();
    const { aheadMs, frozen } = await clock.state();
    expect({ aheadMs, frozen }).toEqual({ aheadMs: 0, frozen: false });
  });
});

describe("who may move the clock", () => {
  it("operators only; signatures and keys keep the machine's time", async () => {
    const on = await start({ MAILGLASS_AUTH: "required" });
    const { accessKeyId, secretAccessKey } = await createKey(on, new Date());
    const operator = { accessKeyId, secretAccessKey };
    const created = await signedCall(on, operator, "/admin/accounts", { method: "POST", content: { name: "other" } });
    const { id: account } = JSON.parse(created.text);
    const other = await createKey(on, new Date(), { account });
    const put = (by: Credentials, content: object) => signedCall(on, by, clockUrl, { method: "PUT", content });
    expect((await put(other, { advance: "1h" })).status).toBe(403);
    expect((await signedCall(on, other, clockUrl, { method: "DELETE" })).status).toBe(403);
    expect((await on.app.inject({ method: "PUT", url: clockUrl })).statusCode).toBe(403);
    expect(JSON.parse((await signedCall(on, other, clockUrl)).text)).toMatchObject({ aheadMs: 0 });
    expect((await put(operator, { advance: "-400d", frozen: true })).status).toBe(200);
    const client = new SESv2Client({ endpoint: on.url, region: "us-east-1", credentials: operator, maxAttempts: 1 });
    const { MessageId = "" } = await client.send(new SendEmailCommand(simple()));
    client.destroy();
    const [sent] = await readHistory(on, MessageId);
    expect(sent?.at).toBeLessThan(Date.now() - 399 * day);
    // Another account sees and makes faults of its own only.
    const rule = { effect: { type: "reject" } };
    const faultsUrl = clockUrl.replace("clock", "faults");
    expect((await signedCall(on, other, faultsUrl, { method: "POST", content: rule })).status).toBe(201);
    expect(JSON.parse((await signedCall(on, operator, faultsUrl)).text)).toEqual({ faults: [] });
    const foreign = await signedCall(on, other, `${faultsUrl}?account=000000000000`);
    expect(foreign.status).toBe(403);
    const events = `/admin/messages/${MessageId}/events`;
    const bounce = { type: "BOUNCE" };
    expect((await signedCall(on, other, events, { method: "POST", content: bounce })).status).toBe(404);
    expect((await signedCall(on, operator, events, { method: "POST", content: bounce })).status).toBe(201);
  });

  it("refuses the impossible", async () => {
    const on = await start();
    expect(await adminRefusal(on.app, "PUT", clockUrl, { advance: "9999d" })).toEqual([
      400,
      expect.stringContaining("at most 20 years ahead"),
    ]);
    expect(await adminRefusal(on.app, "PUT", clockUrl, { tomorrow: true })).toEqual([
      400,
      'A change of the clock has no member "tomorrow". It may have now, advance, frozen.',
    ]);
    expect(await adminRefusal(on.app, "PUT", clockUrl)).toEqual([400, "A change of the clock must be a JSON object."]);
  });
});
