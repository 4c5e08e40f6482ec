/** Mailpit's API, as its client from npm (`mailpit-api`) and other clients call it, unchanged. */
import { once } from "node:events";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { MailpitClient } from "mailpit-api";
import nodemailer from "nodemailer";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { connectMailglass } from "../src/testing/index.ts";
import { type SignedCall, signedCall } from "./support/admin-caller.ts";
import { browserCall } from "./support/browser-call.ts";
import { eventually } from "./support/eventually.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createKey } from "./support/keys-of.ts";
import { startReceivingServer } from "./support/receiving-server.ts";

let server: InProcessServer;
let mailpit: MailpitClient;
beforeAll(async () => {
  server = await startInProcess({ environment: { MAILGLASS_SMTP_PORT: "0" } });
  mailpit = new MailpitClient(server.url);
});
afterAll(() => server.close());
beforeEach(async () => {
  expect(await mailpit.deleteMessages()).toBe("ok");
});

async function send(
  subject: string,
  { to = "ada@example.com", html = "", text = "Hello there" } = {},
): Promise<string> {
  const { MessageId = "" } = await server.client.send(
    new SendEmailCommand({
      FromEmailAddress: "Shop <shop@example.com>",
      Destination: { ToAddresses: [to], BccAddresses: ["hidden@example.com"] },
      ReplyToAddresses: ["reply@example.com"],
      Content: {
        Simple: {
          Subject: { Data: subject },
          Body: { Text: { Data: text }, ...(html === "" ? {} : { Html: { Data: html } }) },
        },
      },
    }),
  );
  return MessageId;
}

const call = (method: string, path: string, body?: string) =>
  fetch(server.url + path, { method, ...(body === undefined ? {} : { body }) });

describe("mailpit-api", () => {
  it("lists messages, newest first, in pages", async () => {
    const [first, second] = [await send("first"), await send("second")];
    const { messages, ...summary } = await mailpit.listMessages();
    expect(summary).toEqual({
      total: 2,
      unread: 2,
      count: 2,
      messages_count: 2,
      messages_unread: 2,
      start: 0,
      tags: [],
    });
    expect(messages.map(({ ID }) => ID)).toEqual([second, first]);
    expect(messages[0]).toEqual({
      ID: second,
      MessageID: `${second}@us-east-1.mailglass`,
      Read: false,
      From: { Name: "Shop", Address: "shop@example.com" },
      To: [{ Name: "", Address: "ada@example.com" }],
      Cc: [],
      Bcc: [{ Name: "", Address: "hidden@example.com" }],
      ReplyTo: [{ Name: "", Address: "reply@example.com" }],
      Subject: "second",
      Created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      Username: "AKIAIOSFODNN7EXAMPLE",
      Tags: [],
      Size: expect.any(Number),
      Attachments: 0,
      Snippet: "Hello there",
    });
    const page = await mailpit.listMessages(1, 1);
    expect([page.start, page.count, page.total, page.messages.map(({ ID }) => ID)]).toEqual([1, 1, 2, [first]]);
  });

  it("waits for a message, and reads it with its parts", async () => {
    const waiting = mailpit.waitForMessage({ query: 'subject:"with files" to:ada@example.com' }, { timeout: 30_000 });
    await send("something else");
    const { ID } = await mailpit.sendMessage({
      From: { Email: "me@example.com", Name: "Me" },
      To: [{ Email: "ada@example.com", Name: "Ada, B." }],
      Bcc: ["blind@example.com"],
      Subject: "with files",
      Text: "text",
      HTML: '<p>Hello <img src="cid:p1"></p>',
      Attachments: [
        { Content: Buffer.from("a file").toString("base64"), Filename: "a.txt", ContentType: "text/plain" },
        { Content: "data:image/png;base64,UElD", Filename: "p.png", ContentType: "image/png", ContentID: "p1" },
      ],
      Tags: ["One", "two words"],
      Headers: { "X-Order": "42" },
    });
    const message = await waiting;
    expect(message).toMatchObject({
      ID,
      From: { Name: "Me", Address: "me@example.com" },
      To: [{ Name: "Ada, B.", Address: "ada@example.com" }],
      Cc: [],
      Bcc: [{ Name: "", Address: "blind@example.com" }],
      ReturnPath: "me@example.com",
      Subject: "with files",
      Tags: ["One", "two words"],
      Text: "text",
      HTML: '<p>Hello <img src="cid:p1"></p>',
      ListUnsubscribe: { Header: "", Links: [], Errors: "", HeaderPost: "" },
      Attachments: [{ FileName: "a.txt", ContentType: "text/plain", Size: 6 }],
      Inline: [{ FileName: "p.png", ContentType: "image/png", ContentID: "p1", Size: 3 }],
    });
    const [file] = message.Attachments;
    const [picture] = message.Inline;
    const blob = await mailpit.getMessageAttachment("latest", file?.PartID ?? "");
    expect([blob.type, await blob.text()]).toEqual(["text/plain", "a file"]);
    expect((await mailpit.getMessageHeaders(ID))["X-Order"]).toEqual(["42"]);
    expect((await mailpit.getMessageHeaders(ID))["Mime-Version"]).toEqual(["1.0"]);
    expect(await mailpit.getMessageSource()).toContain("\r\nSubject: with files\r\n");
    expect(await mailpit.renderMessageText(ID)).toBe("text");
    expect(await mailpit.renderMessageHTML(ID)).toBe(
      `<p>Hello <img src="/api/v1/message/${ID}/part/${picture?.PartID}"></p>`,
    );
  });

  it("waits for a number of messages, and for none", async () => {
    const waiting = mailpit.waitForMessages({ query: "to:ada", count: 2, exact: true }, { timeout: 30_000 });
    await send("1");
    await send("2");
    await send("3", { to: "bob@example.com" });
    expect((await waiting).messages_count).toBe(2);
    const none = mailpit.waitForMessages({ query: "to:ada", count: 0 }, { timeout: 30_000 });
    await mailpit.deleteMessagesBySearch({ query: "to:ada" });
    expect((await none).messages).toEqual([]);
    expect((await mailpit.listMessages()).messages.map(({ Subject }) => Subject)).toEqual(["3"]);
    await expect(mailpit.waitForMessage({ query: "to:nobody" }, { timeout: 50, interval: 10 })).rejects.toThrow(
      'Timeout waiting for messages matching query "to:nobody"',
    );
  });

  it("marks messages as read: by reading, by ID, by search, and all", async () => {
    const [one, two] = [await send("one"), await send("two")];
    const unread = async () => (await mailpit.searchMessages({ query: "is:unread" })).messages.map(({ ID }) => ID);
    await mailpit.getMessageSummary(one);
    expect(await unread()).toEqual([two]);
    await mailpit.setReadStatus({ IDs: [one, "unknown"], Read: false });
    expect(await unread()).toEqual([two, one]);
    await mailpit.setReadStatus({ Search: "subject:two", Read: true });
    expect(await unread()).toEqual([one]);
    await mailpit.setReadStatus({ Read: true });
    expect(await unread()).toEqual([]);
    await mailpit.setReadStatus();
    expect((await mailpit.listMessages()).unread).toBe(2);
    await expect(mailpit.setReadStatus({ IDs: [one], Search: "x", Read: true })).rejects.toThrow(/400/);
  });

  it("tags messages, and renames and deletes tags", async () => {
    const id = await send("tagged", { to: "ada+Plus@example.com" });
    expect(await mailpit.getTags()).toEqual(["Plus"]);
    await mailpit.setTags({ IDs: [id], Tags: ["b/2", "A", "a"] });
    expect(await mailpit.getTags()).toEqual(["A", "b2"]);
    expect((await mailpit.searchMessages({ query: "tag:B2" })).messages_count).toBe(1);
    await mailpit.renameTag("A", "New name");
    expect((await mailpit.getMessageSummary(id)).Tags).toEqual(["New name", "b2"]);
    expect((await mailpit.getInfo()).Tags).toEqual({ "New name": 1, b2: 1 });
    await mailpit.deleteTag("New name");
    await mailpit.setTags({ IDs: [id] });
    expect(await mailpit.getTags()).toEqual([]);
  });

  it("deletes messages by ID", async () => {
    const [one, two] = [await send("one"), await send("two")];
    await mailpit.deleteMessages({ IDs: [one, "unknown"] });
    expect((await mailpit.listMessages()).messages.map(({ ID }) => ID)).toEqual([two]);
    await expect(mailpit.getMessageSummary(one)).rejects.toThrow(/404/);
  });

  it("tells about the server, and what it does not have", async () => {
    const id = await send("x");
    expect(await mailpit.getInfo()).toMatchObject({ Messages: 1, Unread: 1, LatestVersion: "disabled" });
    expect(await mailpit.getConfiguration()).toMatchObject({ MessageRelay: { Enabled: false }, SpamAssassin: false });
    for (const check of [mailpit.htmlCheck(id), mailpit.linkCheck(id), mailpit.spamAssassinCheck(id)]) {
      await expect(check).rejects.toThrow(/404.*404 page not found/s);
    }
    await expect(mailpit.getChaosTriggers()).rejects.toThrow(/400.*Chaos is not enabled/s);
    await expect(mailpit.setChaosTriggers()).rejects.toThrow(/400.*Chaos is not enabled/s);
    await expect(mailpit.releaseMessage(id, { To: ["b@example.com"] })).rejects.toThrow(/400.*no relay is configured/s);
  });
});

describe("Mailpit's API", () => {
  it("has mail that came over SMTP", async () => {
    const transport = nodemailer.createTransport({ host: "127.0.0.1", port: server.mailPorts.smtp, ignoreTLS: true });
    const headers = { "X-Tags": "smtp, mail" };
    await transport.sendMail({
      from: "me@example.com",
      to: "you@example.com",
      subject: "hi",
      html: "<b>Hi</b>",
      headers,
    });
    transport.close();
    expect(await mailpit.getMessageSummary()).toMatchObject({ Subject: "hi", Text: "Hi", Tags: ["mail", "smtp"] });
    expect((await mailpit.getInfo()).RuntimeStats).toMatchObject({ SMTPAccepted: 1 });
  });

  it("finds the latest message that matches", async () => {
    const first = await send("first");
    const second = await send("second");
    const latest = async (query: string) => (await call("GET", `/api/v1/message/latest${query}`)).json();
    expect(await latest("")).toMatchObject({ ID: second });
    expect(await latest("?query=subject:first")).toMatchObject({ ID: first });
    const none = await call("GET", "/api/v1/message/latest?query=subject:third");
    expect([none.status, await none.text()]).toEqual([404, "Message not found"]);
    const view = await fetch(`${server.url}/view/latest?query=subject:first`, { redirect: "manual" });
    expect([view.status, view.headers.get("location")]).toEqual([302, `/messages/${first}`]);
  });

  it.each([
    ["GET", "/api/v1/search", undefined, 400],
    ["GET", "/api/v1/search?query=%20", undefined, 400],
    ["DELETE", "/api/v1/search", undefined, 400],
    ["PUT", "/api/v1/messages", "no JSON", 400],
    ["PUT", "/api/v1/messages", "", 400],
    ["PUT", "/api/v1/messages", '{"Read":"yes"}', 400],
    ["PUT", "/api/v1/messages", '{"IDs":"1"}', 400],
    ["PUT", "/api/v1/tags", "[]", 400],
    ["PUT", "/api/v1/tags", '{"IDs":[1]}', 400],
    ["PUT", "/api/v1/tags/a", '{"Name":"!"}', 400],
    ["POST", "/api/v1/send", "{}", 400],
    ["POST", "/api/v1/send", '{"From":{"Email":"me@example.com"}}', 400],
    ["POST", "/api/v1/send", '{"From":{"Email":"me@example.com"},"To":[{"Email":"no address"}]}', 400],
    ["POST", "/api/v1/send", '{"From":{"Email":"me@example.com"},"To":"a@example.com"}', 400],
    ["GET", "/api/v1/message/unknown", undefined, 404],
    ["GET", "/api/v1/message/%00", undefined, 404],
    ["GET", "/api/v1/message/unknown/raw", undefined, 404],
    ["GET", "/api/v1/message/latest/part/99", undefined, 404],
    ["GET", "/api/v1/message/latest/part/2/thumb", undefined, 404],
    ["GET", "/api/v1/swagger.json", undefined, 404],
    ["GET", "/view/unknown.html", undefined, 404],
    ["GET", "/view/latest.html", undefined, 404],
    ["GET", "/view/unknown", undefined, 404],
    ["GET", "/api/events", undefined, 400],
  ])("%s %s with %s is an error", async (method, path, body, status) => {
    await send("stays");
    const answer = await call(method, path, body);
    expect(answer.status).toBe(status);
    expect((await answer.text()).length).toBeGreaterThan(0);
    expect((await mailpit.listMessages()).total).toBe(1);
  });

  it("refuses headers that have members of their own, and attachments that are not base64", async () => {
    const mail = { From: { Email: "me@example.com" }, To: [{ Email: "a@example.com" }], Text: "x" };
    const refused = async (more: object) => {
      const answer = await call("POST", "/api/v1/send", JSON.stringify({ ...mail, ...more }));
      return [answer.status, Object(await answer.json()).Error];
    };
    expect(await refused({ Headers: { Subject: "x" } })).toEqual([400, 'cannot overwrite header: "Subject"']);
    expect(await refused({ Attachments: [{ Content: "?", Filename: "a.txt" }] })).toEqual([
      400,
      'error decoding base64 attachment "a.txt"',
    ]);
    expect((await mailpit.listMessages()).total).toBe(0);
  });

  it("reads names of members in any case, and numbers of pages that are none as the default", async () => {
    const id = await send("x");
    expect((await call("PUT", "/api/v1/messages", JSON.stringify({ ids: [id], READ: true }))).status).toBe(200);
    const summary = await (await call("GET", "/api/v1/messages?start=-1&limit=many")).json();
    expect(summary).toMatchObject({ start: 0, count: 1, unread: 0 });
    expect(await (await call("GET", "/api/v1/search?query=x&limit=0")).json()).toMatchObject({ count: 0 });
    expect(await (await call("GET", "/api/v1/messages?limit=0")).json()).toMatchObject({ count: 1 });
    const before = encodeURIComponent(new Date(0).toISOString());
    expect(await (await call("GET", `/api/v1/messages?before=${before}`)).json()).toMatchObject({ count: 0, total: 1 });
  });

  it("deletes all messages without a body that has IDs, as Mailpit does", async () => {
    for (const body of [undefined, "", "{}", "no JSON", '{"IDs":[]}']) {
      await send("x");
      expect((await call("DELETE", "/api/v1/messages", body)).status).toBe(200);
      expect((await mailpit.listMessages()).total).toBe(0);
    }
  });

  it("shows hostile mail without its scripts", async () => {
    await send("hostile", { html: "<script>alert(1)</script><p onclick='x()'>x</p>" });
    const answer = await call("GET", "/view/latest.html");
    expect(answer.headers.get("content-security-policy")).toMatch(/^sandbox (?!.*allow-scripts).*default-src 'none'/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("is refused to pages of other sites, and under names that others may own", async () => {
    await send("stays");
    const origin = { origin: "https://elsewhere.example" };
    for (const [method, path] of [
      ["DELETE", "/api/v1/messages"],
      ["PUT", "/api/v1/messages"],
      ["DELETE", "/api/v1/search?query=s"],
      ["POST", "/api/v1/send"],
      ["POST", "/clear-store"],
      ["POST", "/moto-api/reset"],
    ] as const) {
      expect((await browserCall(server.url, method, path, { headers: origin, json: {} })).status).toBe(403);
    }
    const foreign = { host: "rebound.example" };
    for (const path of ["/api/v1/messages", "/_aws/ses", "/store", "/moto-api/data.json", "/view/latest.html"]) {
      expect((await browserCall(server.url, "GET", path, { headers: foreign })).status).toBe(403);
    }
    expect((await mailpit.listMessages()).total).toBe(1);
  });

  it("has probes", async () => {
    for (const path of ["/livez", "/readyz"]) expect((await call("GET", path)).status).toBe(200);
  });
});

describe("events over WebSocket", () => {
  const sockets: WebSocket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });

  async function connect(headers: Record<string, string> = {}, url = server.url, query = "") {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/events${query}`, { headers });
    sockets.push(socket);
    const events: { Type: string; Data: unknown }[] = [];
    socket.on("message", (text) => events.push(JSON.parse(String(text))));
    await once(socket, "open");
    return { socket, events };
  }

  /** The status that an upgrade is refused with. */
  function refusedWith(headers: Record<string, string>, url = server.url): Promise<number> {
    const socket = new WebSocket(`${url.replace("http", "ws")}/api/events`, { headers });
    sockets.push(socket);
    return new Promise((resolve, reject) => {
      socket.on("open", () => reject(new Error("it was not refused")));
      socket.on("error", () => {});
      socket.on("unexpected-response", (_request, answer) => resolve(answer.statusCode ?? 0));
    });
  }

  it("tell of new, read, tagged and deleted messages, and of numbers", async () => {
    const { events } = await connect();
    const has = (event: object) => expect.poll(() => events).toContainEqual(expect.objectContaining(event));
    const id = await send("pushed");
    await has({ Type: "new", Data: expect.objectContaining({ ID: id, Subject: "pushed", Snippet: "Hello there" }) });
    await has({ Type: "stats", Data: { Total: 1, Unread: 1, Version: expect.any(String) } });
    await mailpit.getMessageSummary(id);
    await has({ Type: "update", Data: { ID: id, Read: true } });
    await mailpit.setTags({ IDs: [id], Tags: ["a"] });
    await has({ Type: "update", Data: { ID: id, Tags: ["a"] } });
    await mailpit.deleteTag("a");
    await has({ Type: "prune", Data: null });
    await mailpit.deleteMessages({ IDs: [id] });
    await has({ Type: "delete", Data: { ID: id } });
    await mailpit.deleteMessages();
    await has({ Type: "truncate", Data: null });
    await has({ Type: "stats", Data: { Total: 0, Unread: 0, Version: expect.any(String) } });
  });

  it("tell of what other APIs delete, and of resets, after which they go on", async () => {
    const own = await startInProcess({ environment: { MAILGLASS_ACCOUNTS_FROM_KEYS: "on" } });
    const mailglass = await connectMailglass(own.url);
    const account = await mailglass.account();
    const [all, limited] = [await connect({}, own.url), await connect({}, own.url, `?account=${account.id}`)];
    const typesOf = ({ events }: { events: { Type: string }[] }) =>
      events.map(({ Type }) => Type).filter((type) => type !== "stats");
    const here = new SESv2Client(account.clientConfig);
    const sendBy = async (client: SESv2Client) => {
      const Content = { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } };
      const Destination = { ToAddresses: ["ada@example.com"] };
      const mail = { FromEmailAddress: "shop@example.com", Destination, Content };
      return (await client.send(new SendEmailCommand(mail))).MessageId ?? "";
    };
    const deleted = await sendBy(here);
    await sendBy(here);
    await sendBy(own.client);
    const url = `${own.url}/testing/messages/${deleted}?account=${account.id}`;
    expect((await fetch(url, { method: "DELETE" })).status).toBe(200);
    const before = ["new", "new", "delete"];
    await expect.poll(() => typesOf(limited)).toEqual(before);
    expect(limited.events).toContainEqual({ Type: "delete", Data: { ID: deleted } });
    await account.reset();
    await expect.poll(() => typesOf(limited)).toEqual([...before, "truncate"]);
    // The default account has mail yet.
    await expect.poll(() => typesOf(all)).toEqual(["new", "new", "new", "delete", "prune"]);
    const next = await sendBy(here);
    await expect.poll(() => typesOf(limited)).toEqual([...before, "truncate", "new"]);
    expect(limited.events).toContainEqual({ Type: "new", Data: expect.objectContaining({ ID: next }) });
    await expect.poll(() => limited.events.at(-1)).toMatchObject({ Type: "stats", Data: { Total: 1, Unread: 1 } });
    await fetch(`${own.url}/testing/reset?scope=all`, { method: "POST" });
    await expect.poll(() => typesOf(all).slice(5)).toEqual(["new", "truncate"]);
    await expect.poll(() => typesOf(limited).slice(4)).toEqual(["new", "truncate"]);
    here.destroy();
    await own.close();
    expect(own.logged).toEqual([]);
  });

  it("are refused to pages of other sites, and taken by those of this server", async () => {
    expect(await refusedWith({ origin: "https://elsewhere.example" })).toBe(403);
    expect(await refusedWith({ origin: server.url, host: "rebound.example" })).toBe(403);
    await connect({ origin: server.url });
  });

  it("leave upgrades of other kinds alone, as Java's HTTP client asks for", async () => {
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAEAAEAAAAIAAAAA" };
    expect((await browserCall(server.url, "GET", "/health", { headers })).status).toBe(200);
    expect((await browserCall(server.url, "GET", "/api/v1/messages", { headers })).status).toBe(200);
  });

  it("end for a client that says too much, and for all when the server stops", async () => {
    const { socket } = await connect();
    socket.send("x".repeat(10_000));
    await once(socket, "close");
    const other = await startInProcess();
    const connected = await connect({}, other.url);
    const closed = once(connected.socket, "close");
    await other.close();
    await closed;
    expect(other.logged).toEqual([]);
  });
});

describe("other settings", () => {
  it("a relay takes released mail", async () => {
    await using relay = await startReceivingServer();
    const relaying = await startInProcess({
      environment: {
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_IDENTITY_VERIFICATION: "off",
      },
    });
    try {
      const client = new MailpitClient(relaying.url);
      expect((await client.getConfiguration()).MessageRelay).toMatchObject({
        Enabled: true,
        SMTPServer: `127.0.0.1:${relay.port}`,
      });
      const { ID } = await client.sendMessage({
        From: { Email: "me@example.com" },
        To: [{ Email: "first@example.com" }],
        Subject: "to be released",
        Text: "x",
      });
      expect(await client.releaseMessage(ID, { To: ["second@example.com"] })).toBe("ok");
      await eventually(() => {
        expect(relay.taken.map(({ to }) => to).sort()).toEqual([["first@example.com"], ["second@example.com"]]);
      });
      for (const { mime } of relay.taken) expect(mime.toString()).toContain("Subject: to be released\r\n");
      await expect(client.releaseMessage(ID, { To: ["no address"] })).rejects.toThrow(/400/);
      await expect(client.releaseMessage(ID, { To: [] })).rejects.toThrow(/400.*No valid addresses found/s);
      await expect(client.releaseMessage("unknown", { To: ["a@example.com"] })).rejects.toThrow(/404/);
    } finally {
      await relaying.close();
    }
  });

  it("a body that is too large changes nothing", async () => {
    const small = await startInProcess({ environment: { MAILGLASS_MAX_BODY_BYTES: "2048" } });
    try {
      const client = new MailpitClient(small.url);
      const mail = { From: { Email: "me@example.com" }, To: [{ Email: "a@example.com" }], Subject: "x", Text: "x" };
      await client.sendMessage(mail);
      const long = "x".repeat(10_000);
      await expect(client.deleteMessages({ IDs: [long] })).rejects.toThrow(/413/);
      await expect(client.setReadStatus({ IDs: [long], Read: true })).rejects.toThrow(/413/);
      await expect(client.sendMessage({ ...mail, Text: long })).rejects.toThrow(/413/);
      expect(await client.listMessages()).toMatchObject({ total: 1, unread: 1 });
    } finally {
      await small.close();
    }
  });
});

describe("where authentication is required", () => {
  let guarded: InProcessServer;
  beforeAll(async () => {
    guarded = await startInProcess({
      environment: {
        MAILGLASS_AUTH: "required",
        MAILGLASS_TEST_ENDPOINTS: "on",
        MAILGLASS_IDENTITY_VERIFICATION: "off",
      },
    });
  });
  afterAll(() => guarded.close());

  it("the paths need it, except for health checks", async () => {
    for (const [method, path] of [
      ["GET", "/api/v1/messages"],
      ["GET", "/api/v1/info"],
      ["GET", "/api/events"],
      ["GET", "/view/latest.html"],
      ["POST", "/api/v1/send"],
      ["GET", "/_aws/ses"],
      ["DELETE", "/_aws/ses"],
      ["POST", "/_localstack/state/reset"],
      ["GET", "/_localstack/info"],
      ["GET", "/store"],
      ["POST", "/clear-store"],
      ["GET", "/moto-api/data.json"],
      ["POST", "/moto-api/reset"],
    ] as const) {
      expect([path, (await fetch(guarded.url + path, { method })).status]).toEqual([path, 403]);
    }
    for (const path of ["/_localstack/health", "/health-check", "/livez", "/readyz"]) {
      expect([path, (await fetch(guarded.url + path)).status]).toEqual([path, 200]);
    }
    const socket = new WebSocket(`${guarded.url.replace("http", "ws")}/api/events`);
    const [error] = await once(socket, "error");
    expect(String(error)).toContain("403");
  });

  it("a key of another account sees, marks and deletes its own messages only", async () => {
    const ours = await createKey(guarded, new Date());
    const account = await signedCall(guarded, ours, "/admin/accounts", { method: "POST", content: {} });
    const theirs = await createKey(guarded, new Date(), { account: JSON.parse(account.text).id });
    const ids: Record<string, string> = {};
    for (const [name, credentials] of Object.entries({ ours, theirs })) {
      const client = new SESv2Client({ endpoint: guarded.url, region: "us-east-1", credentials });
      const { MessageId = "" } = await client.send(
        new SendEmailCommand({
          FromEmailAddress: "s@example.com",
          Destination: { ToAddresses: ["a@example.com"] },
          Content: { Simple: { Subject: { Data: name }, Body: { Text: { Data: name } } } },
        }),
      );
      ids[name] = MessageId;
      client.destroy();
    }
    const asTheirs = async (path: string, call: SignedCall = {}) => signedCall(guarded, theirs, path, call);
    const seen = async (path: string) => {
      const { text } = await asTheirs(path);
      return [text.includes(ids.ours ?? "?"), text.includes(ids.theirs ?? "?")];
    };
    const lists = ["/api/v1/messages", "/api/v1/search?query=a", "/_aws/ses", "/store", "/moto-api/data.json"];
    for (const path of lists) expect([path, await seen(path)]).toEqual([path, [false, true]]);
    for (const path of ["/api/v1/message/ID", "/api/v1/message/ID/raw", "/view/ID.txt"]) {
      expect((await asTheirs(path.replace("ID", ids.ours ?? ""))).status).toBe(404);
    }
    expect((await asTheirs(`/_aws/ses?id=${ids.ours}`)).text).toBe('{"messages":[]}');
    await asTheirs("/api/v1/messages", { method: "PUT", content: { IDs: [ids.ours], Read: true } });
    await asTheirs("/api/v1/tags", { method: "PUT", content: { IDs: [ids.ours], Tags: ["theirs"] } });
    await asTheirs("/api/v1/messages", { method: "DELETE", content: { IDs: [ids.ours] } });
    await asTheirs(`/_aws/ses?id=${ids.ours}`, { method: "DELETE" });
    await asTheirs("/_aws/ses", { method: "DELETE" });
    await asTheirs("/clear-store", { method: "POST" });
    for (const path of lists) expect([path, await seen(path)]).toEqual([path, [false, false]]);
    const { text } = await signedCall(guarded, ours, "/api/v1/messages");
    const { messages, ...summary } = JSON.parse(text);
    expect(messages).toMatchObject([{ ID: ids.ours, Read: false, Tags: [] }]);
    expect(summary).toMatchObject({ total: 1, unread: 1, tags: [] });
  });
});
