/** `mailglass/testing` at the limits of the server: as many accounts as it can have, and waits longer than one request. */
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { mostAccounts } from "../src/accounts/accounts.ts";
import { connectMailglass, type Mailglass, MailglassTimeout, type TestAccount } from "../src/testing/index.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { simple } from "./support/sent-mail.ts";

let server: InProcessServer;
let mailglass: Mailglass;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_ACCOUNTS_FROM_KEYS: "on", MAILGLASS_REGIONS: "*" } });
  mailglass = await connectMailglass(server.url);
});
afterAll(() => server.close());

async function sendBy(account: TestAccount): Promise<void> {
  const client = new SESv2Client(account.clientConfig);
  await client.send(new SendEmailCommand(simple()));
  client.destroy();
}

test("when there are as many accounts as there can be, those that were released first are used again, empty", async () => {
  const [first, second, kept] = [await mailglass.account(), await mailglass.account(), await mailglass.account()];
  const others = mostAccounts - 4;
  await server.database.query(
    "INSERT INTO accounts (id, name, created_at) SELECT 100000000000 + number, '', now() FROM generate_series(1, $1) AS number",
    [others],
  );
  const refusal = { name: "MailglassError", status: 400, message: expect.stringContaining("1000 accounts") };
  await expect(mailglass.account()).rejects.toMatchObject(refusal);

  await sendBy(first);
  await second.release();
  await first.release();
  // It was used by mistake after its release.
  await sendBy(second);
  const again = await mailglass.account();
  expect(again.id).toBe(second.id);
  expect(await again.inbox.count()).toBe(0);
  await sendBy(again);
  expect(await again.inbox.count()).toBe(1);
  // In a region where it has never been.
  const elsewhere = await mailglass.account({ region: "eu-west-1" });
  expect([elsewhere.id, elsewhere.region]).toEqual([first.id, "eu-west-1"]);
  await sendBy(elsewhere);
  expect(await elsewhere.inbox.count()).toBe(1);
  await expect(mailglass.account()).rejects.toMatchObject(refusal);

  // Released twice, it is used by one test only.
  await kept.release();
  await kept.release();
  expect((await mailglass.account()).id).toBe(kept.id);
  await expect(mailglass.account()).rejects.toMatchObject(refusal);
});

describe("a wait that is longer than the server's 60 s", () => {
  /** How long each request for a wait was to last, in seconds. */
  const asked: string[] = [];
  beforeAll(() => {
    server.app.server.on("request", ({ url = "" }) => {
      const timeout = new URL(url, server.url).searchParams.get("timeout");
      if (timeout !== null) asked.push(timeout);
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    asked.length = 0;
  });

  /** Moves this process's timers, the server's among them, until so many requests have been made. */
  const untilAsked = (count: number) =>
    expect
      .poll(() => {
        vi.advanceTimersByTime(10_000);
        return asked.length;
      })
      .toBe(count);

  test("goes on until a message comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const waiting = mailglass.inbox.waitFor({ to: "late@example.com" }, { timeout: 200_000 });
    await untilAsked(3);
    vi.useRealTimers();
    const to = { Destination: { ToAddresses: ["late@example.com"] } };
    const { MessageId } = await server.client.send(new SendEmailCommand(simple(to)));
    expect((await waiting).id).toBe(MessageId);
    expect(asked).toEqual(["60", "60", "60"]);
  });

  test("ends after its own time, and says so", async () => {
    await mailglass.inbox.delete();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const failure = mailglass.inbox.waitFor({ to: "nobody@example.com" }, { timeout: 150_000 }).catch((error) => error);
    await untilAsked(3);
    await expect.poll(() => vi.advanceTimersByTime(10_000) && Promise.race([failure, undefined])).toBeDefined();
    expect(await failure).toBeInstanceOf(MailglassTimeout);
    expect((await failure).message).toBe(
      "No message matched to=nobody@example.com within 150 s. No other message is in the inbox.",
    );
    expect(asked).toEqual(["60", "60", "30"]);
  });

  test("for an event goes on, and ends with its signal", async () => {
    await server.client.send(new SendEmailCommand(simple()));
    const message = await mailglass.inbox.waitFor();
    asked.length = 0;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { signal, abort } = withAbort();
    const opened = message.events({ until: "OPEN", timeout: 100_000 });
    await untilAsked(2);
    vi.useRealTimers();
    await message.addEvent({ type: "OPEN" });
    expect((await opened).map(({ type }) => type)).toEqual(["SEND", "DELIVERY", "OPEN"]);
    expect(asked).toEqual(["60", "40"]);

    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const clicked = message.events({ until: "CLICK", timeout: 1_000_000, signal }).catch((error) => error);
    await untilAsked(4);
    abort("enough");
    expect(await clicked).toBe("enough");
  });
});

function withAbort(): { signal: AbortSignal; abort: (reason: string) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}
