/** `mailglass/testing`, as a test suite uses it: a server beside the test, fresh accounts, waits, and what errors say. */
import { SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { GetAccountCommand, SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { MessageJson as ServerJson } from "../src/http/testing/message-json.ts";
import {
  connectMailglass,
  type Mailglass,
  MailglassTimeout,
  startMailglass,
  type TestAccount,
} from "../src/testing/index.ts";
import type { MessageJson } from "../src/testing/message.ts";

let server: Mailglass;
beforeAll(async () => {
  server = await startMailglass();
});
afterAll(() => server.stop());

/** The library and the server agree on the form of a message. Checked by the compiler. */
export const read = (json: ServerJson): MessageJson => json;

const keyOf = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "any" });

function clientOf(account: TestAccount): SESv2Client {
  const client = new SESv2Client(account.clientConfig);
  onTestFinished(() => client.destroy());
  return client;
}

type Mail = { to: string; subject?: string; text?: string; html?: string } & Partial<SendEmailCommandInput>;

async function send(account: TestAccount, { to, subject = "Hello", text, html, ...more }: Mail): Promise<string> {
  const { MessageId = "" } = await clientOf(account).send(
    new SendEmailCommand({
      FromEmailAddress: "Shop <shop@example.com>",
      Destination: { ToAddresses: [to] },
      Content: {
        Simple: {
          Subject: { Data: subject },
          Body: { Text: text === undefined ? undefined : { Data: text }, Html: { Data: html ?? "<p>Hello</p>" } },
        },
      },
      ...more,
    }),
  );
  return MessageId;
}

describe("a message", () => {
  test("has what its sender gave, and what a test looks for", async () => {
    const account = await server.account();
    const to = account.address("ada");
    const id = await send(account, {
      to,
      subject: "Confirm your address",
      text: "Your code is 482913. https://shop.example/confirm?token=a&b",
      html: '<a href="https://shop.example/confirm?token=a&amp;b">Confirm</a> <a href="https://shop.example/help">Help</a>',
      EmailTags: [{ Name: "kind", Value: "welcome" }],
    });
    const message = await account.inbox.waitFor({ to, subject: "confirm" });
    expect(message).toMatchObject({
      id,
      account: account.id,
      region: "us-east-1",
      from: { name: "Shop", address: "shop@example.com" },
      envelope: { from: "shop@example.com", to: [to] },
      subject: "Confirm your address",
      tags: { kind: "welcome" },
    });
    expect(message.at.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(message.text).toContain("Your code is 482913.");
    expect(message.html).toContain(">Confirm</a>");
    expect(message.header("SUBJECT")).toBe("Confirm your address");
    expect(message.code()).toBe("482913");
    expect(message.code(/token=(\w)/)).toBe("a");
    expect(message.link("Confirm")).toBe("https://shop.example/confirm?token=a&b");
    expect(message.link(/help$/)).toBe("https://shop.example/help");
    expect((await message.raw()).toString()).toMatch(/^Subject: Confirm your address\r$/m);
  });

  test("says what it has where a code or a link is missed, or more than one is found", async () => {
    const account = await server.account();
    await send(account, {
      to: "a@example.com",
      subject: "Order",
      html: '<p>Hello</p><a href="https://a.example/1">One</a> <a href="https://a.example/2">Two</a>',
    });
    const message = await account.inbox.waitFor();
    expect(() => message.code()).toThrow(/^There is no code in the message "Order" to a@example\.com:\n/);
    expect(() => message.code(/PIN (\d+)/)).toThrow("There is no match of /PIN (\\d+)/ in the message");
    expect(() => message.link("three")).toThrow(
      "No link matches three. The links are https://a.example/1 (One), https://a.example/2 (Two), in the message",
    );
    expect(() => message.link()).toThrow("There are several links; name one");
  });

  test("has its attachments", async () => {
    const account = await server.account();
    const raw = [
      "From: shop@example.com",
      "To: a@example.com",
      "Subject: Invoice",
      'Content-Type: multipart/mixed; boundary="x"',
      "",
      "--x",
      "Content-Type: text/plain",
      "",
      "Attached.",
      "--x",
      'Content-Type: text/csv; name="bill.csv"',
      'Content-Disposition: attachment; filename="bill.csv"',
      "",
      "sum,3",
      "--x--",
      "",
    ].join("\r\n");
    const client = new SESClient(account.clientConfig);
    await client.send(new SendRawEmailCommand({ RawMessage: { Data: Buffer.from(raw) } }));
    client.destroy();
    const { attachments } = await account.inbox.waitFor({ subject: "Invoice" });
    expect(attachments).toMatchObject([{ name: "bill.csv", type: "text/csv", inline: false }]);
    expect((await attachments[0]?.content())?.toString().trim()).toBe("sum,3");
  });
});

describe("the inbox", () => {
  test("waits for mail that is sent later, and for the second that matches", async () => {
    const account = await server.account();
    const waiting = account.inbox.waitFor({ to: "later@example.com", subject: /^hello \w+$/gi });
    const second = account.inbox.waitFor({ to: "later@example.com" }, { index: 1 });
    await send(account, { to: "other@example.com", subject: "Hello there" });
    const id = await send(account, { to: "later@example.com", subject: "Hello later" });
    expect((await waiting).id).toBe(id);
    const again = await send(account, { to: "later@example.com", subject: "And again" });
    expect((await second).id).toBe(again);
  });

  test("says what arrived instead when a wait ends", async () => {
    const account = await server.account();
    await send(account, { to: "b@example.com", subject: "Something else" });
    const failure = await account.inbox.waitFor({ to: "a@example.com" }, { timeout: 200 }).catch((error) => error);
    expect(failure).toBeInstanceOf(MailglassTimeout);
    expect(failure.message).toBe(
      'No message matched to=a@example.com within 0.2 s. 1 other message, the newest first: "Something else" from shop@example.com to b@example.com.',
    );
    expect(failure.arrived).toMatchObject([{ subject: "Something else", to: ["b@example.com"] }]);
  });

  test("lists, counts, finds and deletes what matches", async () => {
    const account = await server.account();
    const { inbox } = account;
    const first = await send(account, { to: "a@example.com", subject: "One", text: "apples" });
    const second = await send(account, { to: "b@example.com", subject: "Two" });
    const ids = async (...args: Parameters<typeof inbox.list>) => (await inbox.list(...args)).map(({ id }) => id);
    expect(await ids()).toEqual([second, first]);
    expect(await ids({}, { order: "oldest" })).toEqual([first, second]);
    expect(await ids({}, { limit: 1 })).toEqual([second]);
    expect(await ids({ text: "Apples" })).toEqual([first]);
    expect(await ids({ since: await inbox.get(first) })).toEqual([second]);
    expect(await ids({ since: new Date(Date.now() + 3_600_000) })).toEqual([]);
    expect(await inbox.count({ from: "shop@example.com" })).toBe(2);
    expect(await inbox.delete({ to: "b@example.com" })).toBe(1);
    expect(await ids()).toEqual([first]);
    await expect(inbox.get(second)).rejects.toThrow("There is no message with this ID");
    expect(await inbox.delete()).toBe(1);
    expect(await inbox.count()).toBe(0);
  });

  test("expects no mail: at once, or for a time that ends when there is some", async () => {
    const account = await server.account();
    const { inbox } = account;
    await inbox.expectNone({}, { within: 200 });
    await inbox.expectNone({}, { within: 0 });
    // Longer than any test: it must not wait to the end.
    const expecting = inbox.expectNone({ to: "a@example.com" }, { within: 3_600_000 }).catch((error: Error) => error);
    const id = await send(account, { to: "a@example.com", subject: "Surprise" });
    const failure = await expecting;
    expect(failure).toMatchObject({
      message: expect.stringMatching(/^No message was expected, but "Surprise" was sent to a@example\.com at /),
    });
    expect(String(failure)).toContain(id);
    await expect(inbox.expectNone({}, { within: 0 })).rejects.toThrow("No message was expected");
    await inbox.expectNone({ to: "b@example.com" }, { within: 0 });
  });

  test("refuses what it can't search for, and ends a wait on request", async () => {
    const { inbox } = await server.account();
    await expect(inbox.list({ tag: { a: "1", b: "2" } })).rejects.toThrow("by one tag, not by a=1 and b=2");
    await expect(inbox.list({ subject: /a/v })).rejects.toThrow("flags i, m, s and u");
    await expect(inbox.waitFor({}, { timeout: Number.NaN })).rejects.toThrow("timeout must be a number");
    const unknown = { to: "a@example.com", colour: "red" };
    await expect(inbox.list(unknown)).rejects.toThrow('There is no parameter "colour" here.');
    const ending = new AbortController();
    const waiting = inbox.waitFor({}, { timeout: 60_000, signal: ending.signal });
    ending.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});

describe("events of a message", () => {
  test("are awaited, or listed as they are", async () => {
    const account = await server.account();
    await send(account, { to: "bounce@simulator.amazonses.com" });
    const message = await account.inbox.waitFor();
    const events = await message.events({ until: "BOUNCE" });
    expect(events.map(({ type }) => type)).toEqual(["SEND", "BOUNCE"]);
    expect(events[1]).toMatchObject({ recipient: "bounce@simulator.amazonses.com", at: expect.any(Date) });
    expect(await message.events({ recipient: "nobody@example.com" })).toEqual([]);
    const failure = await message.events({ until: "CLICK", timeout: 100 }).catch((error) => error);
    expect(failure).toBeInstanceOf(MailglassTimeout);
    expect(failure.message).toMatch(/CLICK.*0\.1 s.*SEND.*BOUNCE/s);
  });
});

describe("what goes wrong on demand", () => {
  test("is a rule of one account, until it is removed", async () => {
    const [account, other] = await Promise.all([server.account(), server.account()]);
    await using fault = await account.faults.add({ match: { operation: "SendEmail" }, effect: { type: "reject" } });
    await expect(send(account, { to: "a@example.com" })).rejects.toMatchObject({ name: "MessageRejected" });
    await send(other, { to: "a@example.com" });
    expect(await fault.state()).toMatchObject({ hits: 1, effect: { type: "reject" } });
    expect((await account.faults.list()).map(({ id }) => id)).toEqual([fault.id]);
    await fault.remove();
    await send(account, { to: "a@example.com" });
    await account.faults.add({ effect: { type: "throttle" } });
    await account.faults.clear();
    expect(await account.faults.list()).toEqual([]);
    await expect(account.faults.add({ effect: { type: "smtp", stage: "DATA", code: 99 } })).rejects.toMatchObject({
      name: "MailglassError",
      status: 400,
    });
  });

  test("is an event of a message, which a test awaits", async () => {
    const account = await server.account();
    await send(account, { to: "a@example.com" });
    const message = await account.inbox.waitFor();
    const events = message.events({ until: "COMPLAINT" });
    expect(await message.addEvent({ type: "COMPLAINT" })).toMatchObject({
      type: "COMPLAINT",
      recipient: "a@example.com",
      at: expect.any(Date),
    });
    expect((await events).map(({ type }) => type)).toEqual(["SEND", "DELIVERY", "COMPLAINT"]);
  });

  test("is the time, of the server as a whole", async () => {
    await using own = await startMailglass();
    const begun = Date.now();
    const { aheadMs } = await own.clock.advance("25h");
    expect(aheadMs).toBe(25 * 3_600_000);
    await send(own, { to: "a@example.com" });
    expect((await own.inbox.waitFor()).at.getTime()).toBeGreaterThan(begun + 24 * 3_600_000);
    expect(await own.clock.freeze("2030-01-01T00:00:00Z")).toMatchObject({ frozen: true });
    expect((await own.clock.state()).now).toBe("2030-01-01T00:00:00.000Z");
    expect((await own.clock.set(new Date("2031-01-01"))).now).toMatch(/^2031-01-01T00:00:0/);
    expect(await own.clock.reset()).toMatchObject({ aheadMs: 0, frozen: false });
  });
});

describe("accounts", () => {
  test("keep tests apart, and reset concerns one alone", async () => {
    const [ours, theirs] = await Promise.all([server.account(), server.account({ region: "eu-west-1" })]);
    expect(ours.id).not.toBe(theirs.id);
    expect(theirs.region).toBe("eu-west-1");
    await send(ours, { to: "a@example.com", subject: "Ours" });
    await send(theirs, { to: "a@example.com", subject: "Theirs" });
    expect((await ours.inbox.list()).map(({ subject }) => subject)).toEqual(["Ours"]);
    expect((await theirs.inbox.list()).map(({ subject }) => subject)).toEqual(["Theirs"]);
    expect(await server.inbox.count({ to: "a@example.com" })).toBe(0);
    await ours.reset();
    expect(await ours.inbox.count()).toBe(0);
    expect(await theirs.inbox.count()).toBe(1);
    await theirs.release();
    expect(await theirs.inbox.count()).toBe(0);
    await send(ours, { to: "a@example.com", subject: "Still in use" });
    expect(await ours.inbox.count()).toBe(1);
  });

  test("have SMTP logins of their own, which need no call before", async () => {
    await using own = await startMailglass({ smtp: true });
    const [one, other] = await Promise.all([own.account(), own.account({ region: "eu-west-1" })]);
    expect(other.smtpUrl).toBeUndefined();
    const submit = async (url: string | undefined, subject: string) => {
      const transport = createTransport({ url: url ?? "", tls: { rejectUnauthorized: false } });
      await transport.sendMail({ from: "shop@example.com", to: "a@example.com", subject, text: "Hello" });
      transport.close();
    };
    await submit(one.smtpUrl, "Of an account");
    await submit(own.smtpUrl, "Of nobody");
    expect((await one.inbox.list()).map(({ subject }) => subject)).toEqual(["Of an account"]);
    expect((await own.inbox.list()).map(({ subject }) => subject)).toEqual(["Of nobody"]);
    await submit(own.smtpUrl?.replace("//", "//246813579024:x@"), "Of a new account");
    const client = new SESv2Client({ ...own.clientConfig, credentials: keyOf("246813579024") });
    expect((await client.send(new GetAccountCommand())).SendQuota?.SentLast24Hours).toBe(1);
    client.destroy();
  });

  test("of a server that takes none from access keys are refused with what to set", async () => {
    await using plain = await startMailglass({ settings: { MAILGLASS_ACCOUNTS_FROM_KEYS: "off" } });
    await expect(plain.account()).rejects.toThrow("Start it with MAILGLASS_ACCOUNTS_FROM_KEYS=on.");
    await send(plain, { to: "a@example.com" });
    expect(await plain.inbox.count()).toBe(1);
    await plain.reset();
    expect(await plain.inbox.count()).toBe(0);
  });

  test("have addresses of their own", async () => {
    const [one, other] = [server.address("ada"), server.address("ada")];
    expect(one).toMatch(/^ada\.[0-9a-f]{8}@example\.com$/);
    expect(one).not.toBe(other);
  });
});

describe("a server", () => {
  test("that runs is connected to by its URL", async () => {
    const connected = await connectMailglass(server.url);
    expect(connected.env).toEqual({ ...server.env, AWS_ENDPOINT_URL_SES: server.url });
    const account = await connected.account();
    await send(account, { to: "a@example.com" });
    expect(await account.inbox.count()).toBe(1);
    // It was not started by this connection.
    await connected.stop();
    expect(await account.inbox.count()).toBe(1);
    await expect(connectMailglass("")).rejects.toThrow("No server is named");
  });

  test("without the testing API is refused with what to set", async () => {
    await expect(startMailglass({ settings: { MAILGLASS_TEST_ENDPOINTS: "off" } })).rejects.toThrow(
      "has no testing API. Start it with MAILGLASS_TEST_ENDPOINTS=on.",
    );
  });

  test("that does not start says why", async () => {
    await expect(startMailglass({ settings: { MAILGLASS_DELIVERY: "pigeon" } })).rejects.toThrow(
      /^Mailglass did not start:\nmailglass: MAILGLASS_DELIVERY: must be one of/,
    );
  });

  test("that has stopped does not answer, and says so", async () => {
    const short = await startMailglass();
    const { inbox } = short;
    await short.stop();
    await short.stop();
    await expect(inbox.count()).rejects.toThrow(`Mailglass at ${short.url} does not answer: `);
  });
});
