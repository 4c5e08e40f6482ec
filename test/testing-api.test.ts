/** The testing API, over HTTP: finding sent mail, waiting for it, and what a suite can get wrong. */
import { get as httpGet } from "node:http";
import {
  CreateEmailTemplateCommand,
  SESv2Client,
  SendEmailCommand,
  type SendEmailCommandInput,
} from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from "vitest";
import type { ArrivedJson, MessageJson } from "../src/http/testing/message-json.ts";
import { eventually } from "./support/eventually.ts";
import type { Method } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";

interface Failure {
  message: string;
  arrived: ArrivedJson[];
}

const mail = (to: string, subject: string, more: Partial<SendEmailCommandInput> = {}) =>
  new SendEmailCommand({
    FromEmailAddress: "Shop <shop@example.com>",
    Destination: { ToAddresses: [to] },
    Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: `Hello ${subject}` } } } },
    ...more,
  });

describe("the testing API", () => {
  let server: InProcessServer;
  beforeAll(async () => {
    server = await startInProcess({ environment: { MAILGLASS_REGIONS: "eu-west-1" } });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    await call("DELETE", "/messages");
  });

  async function call<Answer = unknown>(method: Method, path: string, body?: object) {
    const answer = await server.app.inject({
      ...{ method, url: `/testing${path}` },
      ...(body && { payload: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json<Answer>(), answer };
  }
  const get = <Answer>(path: string) => call<Answer>("GET", path);
  const send = async (...given: Parameters<typeof mail>) => (await server.client.send(mail(...given))).MessageId ?? "";
  const ids = async (query: string) =>
    (await get<{ messages: MessageJson[] }>(`/messages?${query}`)).body?.messages.map(({ id }) => id);

  test("a message has everything that it says, taken out", async () => {
    const Data = [
      "From: Shop <shop@example.com>",
      "To: Ada <ada@example.com>, bob@example.com",
      "Reply-To: help@example.com",
      "Subject: =?utf-8?Q?Willkommen_=E2=9C=89?=",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/html; charset=utf-8",
      "",
      '<a href="https://example.com/?a=1&amp;b=2">Confirm</a><p>Your code is <b>123 456</b>.</p>',
      "--b",
      "Content-Type: text/csv",
      'Content-Disposition: attachment; filename="a, \\"b\\".csv"',
      "",
      "1,2",
      "--b--",
      "",
    ].join("\r\n");
    const id = await send("", "", {
      Destination: undefined,
      Content: { Raw: { Data: Buffer.from(Data) } },
      EmailTags: [{ Name: "kind", Value: "welcome" }],
    });
    const { body } = await get<MessageJson>("/messages/wait?to=ada@example.com");
    expect(body).toMatchObject({
      ...{ id, account: "000000000000", region: "us-east-1" },
      at: expect.stringMatching(/^20\d\d-.*Z$/),
      from: { name: "Shop", address: "shop@example.com" },
      to: [
        { name: "Ada", address: "ada@example.com" },
        { name: "", address: "bob@example.com" },
      ],
      ...{ cc: [], bcc: [], replyTo: [{ name: "", address: "help@example.com" }] },
      envelope: { from: "shop@example.com", to: ["ada@example.com", "bob@example.com"] },
      subject: "Willkommen ✉",
      text: "Confirm\nYour code is 123 456.",
      html: expect.stringContaining("<b>123 456</b>"),
      links: [{ url: "https://example.com/?a=1&b=2", text: "Confirm" }],
      codes: ["123456"],
      tags: { kind: "welcome" },
      attachments: [{ index: 0, name: 'a, "b".csv', type: "text/csv", inline: false }],
    });
    expect(body?.headers).toContainEqual({ name: "Subject", value: "Willkommen ✉" });
    const file = await fetch(server.url + body?.attachments[0]?.url);
    expect([file.status, (await file.text()).trim()]).toEqual([200, "1,2"]);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="a_ _b_.csv"');
    const raw = await fetch(server.url + body?.rawUrl);
    expect([raw.headers.get("content-type"), (await raw.text()).length]).toEqual(["message/rfc822", body?.size]);
    const html = await fetch(`${server.url}/testing/messages/${id}/html`);
    expect(html.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect((await get<MessageJson>(`/messages/${id}`)).body).toEqual(body);
  });

  test("waits find what was sent before and what is sent later, the newest or by its number", async () => {
    const first = await send("a@example.com", "one");
    const second = await send("a@example.com", "two");
    expect((await get<MessageJson>("/messages/wait?to=a@example.com")).body?.id).toBe(second);
    expect((await get<MessageJson>("/messages/wait?to=a@example.com&index=0")).body?.id).toBe(first);
    const waits = ["to=b@example.com", "to=a@example.com&index=2", `since=${second}`, "subject=/^THREE$/i"].map(
      (query) => get<MessageJson>(`/messages/wait?${query}&timeout=50`),
    );
    await get("/messages/count");
    await send("c@example.com", "other");
    const third = await send("a@example.com", "three", {
      Destination: { ToAddresses: ["a@example.com"], BccAddresses: ["B@example.com"] },
    });
    const [b, a, since, subject] = await Promise.all(waits);
    expect([b, a, subject].map((found) => found?.body?.id)).toEqual([third, third, third]);
    expect(since?.body?.subject).toBe("other");
  });

  test("a wait that ends says what arrived instead, in the same words each time", async () => {
    const none = await get<Failure>("/messages/wait?to=a@example.com&timeout=0.1");
    expect([none.status, none.body]).toEqual([
      404,
      { message: "No message matched to=a@example.com within 0.1 s. No other message is in the inbox.", arrived: [] },
    ]);
    const id = await send("b@example.com", "Hello");
    await send("c@example.com", "x".repeat(150));
    const some = await get<Failure>("/messages/wait?to=a@example.com&subject=Hi&timeout=0.1");
    expect(some.body?.message).toBe(
      `No message matched to=a@example.com, subject=Hi within 0.1 s. 2 other messages, the newest first: "${"x".repeat(100)}…" from shop@example.com to c@example.com; "Hello" from shop@example.com to b@example.com.`,
    );
    expect(some.body?.arrived).toMatchObject([{}, { id, from: "shop@example.com", to: ["b@example.com"] }]);
    const few = await get<Failure>(`/messages/wait?to=b@example.com&index=1&timeout=0.1&since=2026-01-01T00:00:00Z`);
    expect(few.body?.message).toMatch(
      /^Only 1 message matched to=b@example.com within 0.1 s, so there is no index=1. 1 other message since 2026-01-01T00:00:00Z, /,
    );
  });

  test("messages are listed, counted and deleted by filters", async () => {
    const tagged = await send("a@example.com", "tagged", { EmailTags: [{ Name: "kind", Value: "b-c" }] });
    const html = await send("A@example.com", "html", {
      Content: { Simple: { Subject: { Data: "html" }, Body: { Html: { Data: "<p>Thank <b>you</b></p>" } } } },
    });
    const other = await send("b@example.com", "other");
    const TemplateContent = { Subject: "Hi {{name}}", Text: "Hi" };
    await server.client.send(new CreateEmailTemplateCommand({ TemplateName: "welcome", TemplateContent }));
    const templated = await send("c@example.com", "", {
      Content: { Template: { TemplateName: "welcome", TemplateData: '{"name":"Ada"}' } },
    });
    expect(await ids("template=welcome&subject=hi ada")).toEqual([templated]);
    expect((await get<MessageJson>(`/messages/${templated}`)).body?.template).toBe("welcome");
    expect((await call("DELETE", "/messages?template=welcome")).body).toEqual({ deleted: 1 });
    expect(await ids("")).toEqual([other, html, tagged]);
    expect(await ids("order=oldest&limit=2")).toEqual([tagged, html]);
    expect(await ids("to=a@EXAMPLE.com")).toEqual([html, tagged]);
    expect(await ids("tag=kind=b-c")).toEqual([tagged]);
    expect(await ids("text=thank you")).toEqual([html]);
    expect(await ids("from=shop@example.com&subject=other")).toEqual([other]);
    expect((await get("/messages/count?to=a@example.com")).body).toEqual({ count: 2 });
    expect((await call("DELETE", "/messages?to=a@example.com")).body).toEqual({ deleted: 2 });
    expect((await get("/messages/count")).body).toEqual({ count: 1 });
    expect((await call("DELETE", `/messages/${other}`)).body).toEqual({ deleted: 1 });
    expect((await call("DELETE", `/messages/${other}`)).status).toBe(404);
    expect((await get(`/messages/${tagged}`)).status).toBe(404);
    expect((await call("DELETE", "/messages")).body).toEqual({ deleted: 0 });
  });

  test("events are waited for", async () => {
    const id = await send("bounce@simulator.amazonses.com", "x", {
      Destination: { ToAddresses: ["bounce@simulator.amazonses.com", "a@example.com"] },
    });
    interface Events {
      message: string;
      events: { type: string; recipient: string }[];
    }
    const bounced = await get<Events>(`/messages/${id}/events?until=BOUNCE`);
    expect(bounced.body?.events.map(({ type }) => type)).toEqual(expect.arrayContaining(["SEND", "BOUNCE"]));
    const own = await get<Events>(`/messages/${id}/events?recipient=A@example.com`);
    expect(own.body?.events.map(({ type, recipient }) => `${type} ${recipient}`)).toEqual([
      "SEND a@example.com",
      "DELIVERY a@example.com",
    ]);
    const late = await get<Events>(`/messages/${id}/events?until=OPEN&recipient=a@example.com&timeout=0.1`);
    expect([late.status, late.body?.message]).toEqual([
      404,
      "No OPEN for a@example.com happened within 0.1 s. The message has these events: SEND (a@example.com), DELIVERY (a@example.com).",
    ]);
    const waiting = get<Events>(`/messages/${id}/events?until=OPEN&timeout=50`);
    await get("/messages/count");
    const [sent] = await server.outbox.idle().then(() => server.inbox.list(1, { order: "newest", limit: 1 }));
    const now = new Date();
    await server.outbox.record([
      {
        ...{ id: crypto.randomUUID(), type: "OPEN", scope: 1, messageId: id, sentAt: sent?.at ?? now, at: now },
        ...{ recipient: "a@example.com", ipAddress: "192.0.2.1", userAgent: "a browser" },
      },
    ]);
    expect((await waiting).body?.events.at(-1)).toMatchObject({ type: "OPEN", recipient: "a@example.com" });
    expect((await get(`/messages/x/events?until=OPEN`)).status).toBe(404);
  });

  it.each([
    ["GET", "/messages?color=red", /^There is no parameter "color" here\.$/],
    ["GET", "/messages?limit=1001", /limit must be a whole number from 1 to 1000/],
    ["GET", "/messages?limit=0", /limit must be/],
    ["GET", "/messages?order=up", /order may be newest, oldest/],
    ["GET", "/messages?since=yesterday", /since must be a time such as .*, or the ID of a message/],
    ["GET", "/messages?since=2026-11-24", /since must be a time/],
    ["GET", "/messages?tag=kind", /tag must be name=value/],
    ["GET", "/messages?subject=/(/", /regular expression is invalid/],
    ["GET", "/messages?subject=/a/g", /may have the flags/],
    ["GET", "/messages?scope=x", /scope may be own, all/],
    ["GET", "/messages/wait?timeout=0", /timeout must be a number of seconds from 0.1 to 60/],
    ["GET", "/messages/wait?timeout=61", /timeout must be/],
    ["GET", "/messages/wait?timeout=-1", /timeout must be/],
    ["GET", "/messages/wait?timeout=1e1", /timeout must be/],
    ["GET", "/messages/wait?timeout=Infinity", /timeout must be/],
    ["GET", "/messages/wait?index=-1", /index must be/],
    ["GET", "/messages/wait?to=a@b.cd&to=c@d.ef", /to may be given once/],
    ["GET", "/messages/x?until=BOUNCE", /no parameter "until"/],
    ["GET", "/messages/x/events?until=bounce", /until may be SEND/],
    ["DELETE", "/messages?limit=1", /no parameter "limit"/],
    ["POST", "/reset?scope=none", /scope may be own, all/],
    ["GET", "/messages?account=12", /account/],
    ["GET", "/messages?region=mars-1", /mars-1/],
  ] as const)("%s %s is refused", async (method, path, message) => {
    const { status, body } = await call<Failure>(method, path);
    expect([status, body?.message]).toEqual([400, expect.stringMatching(message)]);
  });

  it.each([[{ scope: "none" }], [{ everything: true }], [["all"]]])(
    "a reset with the body %j is refused",
    async (body) => {
      const kept = await send("a@example.com", "kept");
      expect((await call<Failure>("POST", "/reset", body)).body?.message).toMatch(/^The body must be/);
      expect(await ids("")).toEqual([kept]);
    },
  );

  test("an expression that backtracks for ever ends its call, and no other", async () => {
    await send("a@example.com", `${"a".repeat(80)}!`);
    const { status, body } = await get<Failure>("/messages/wait?subject=/^(a%2B)%2B$/&timeout=50");
    expect([status, body?.message]).toEqual([400, expect.stringMatching(/takes too long/)]);
    expect(await ids("subject=/^a/")).toHaveLength(1);
  });

  test("attachments that are not there, and messages", async () => {
    const id = await send("a@example.com", "x");
    for (const index of ["0", "-1", "x", "1e9"]) {
      expect((await get<Failure>(`/messages/${id}/attachments/${index}`)).body?.message).toMatch(/^The mail has 0 att/);
    }
    expect((await get(`/messages/${id}/html`)).status).toBe(404);
    for (const part of ["", "/raw", "/html", "/attachments/0"])
      expect((await get(`/messages/x${part}`)).status).toBe(404);
  });

  test("accounts and regions don't see each other, unless an operator asks for all", async () => {
    const account = "222233334444";
    await server.app.inject({ method: "POST", url: "/admin/accounts", payload: { id: account, name: "other" } });
    const own = await send("a@example.com", "own");
    const elsewhere = new SESv2Client({
      ...{ endpoint: server.url, region: "eu-west-1", maxAttempts: 1 },
      credentials: { accessKeyId: "x", secretAccessKey: "x" },
    });
    const there = (await elsewhere.send(mail("a@example.com", "elsewhere"))).MessageId ?? "";
    elsewhere.destroy();
    const place = "region=eu-west-1";
    expect([await ids(""), await ids(place), await ids(`account=${account}`)]).toEqual([[own], [there], []]);
    expect(await ids("scope=all")).toEqual([there, own]);
    expect((await get(`/messages/${there}`)).status).toBe(404);
    expect((await get<MessageJson>(`/messages/${there}?${place}`)).body?.region).toBe("eu-west-1");
    expect((await get<MessageJson>(`/messages/wait?subject=elsewhere&timeout=0.1`)).status).toBe(404);
    expect((await call("DELETE", "/messages")).body).toEqual({ deleted: 1 });
    expect(await ids("scope=all")).toEqual([there]);
    expect((await call("DELETE", "/messages?scope=all")).body).toEqual({ deleted: 1 });
  });

  test("waits are bounded, and end when their client leaves", async () => {
    const path = `${server.url}/testing/messages/wait?to=nobody@example.com&timeout=60`;
    const wait = () => httpGet(path, { agent: false }).on("error", () => {});
    const open = Array.from({ length: 200 }, wait);
    const one = () => get<Failure>("/messages/wait?to=nobody@example.com&timeout=0.1");
    await eventually(async () => {
      const { status } = await one();
      // This one took the place of one of them.
      if (status !== 503) open.push(wait());
      expect(status).toBe(503);
    });
    expect((await one()).body?.message).toBe("200 requests wait already, the most at a time: try again later.");
    for (const request of open) request.destroy();
    await eventually(async () => expect(await one()).toMatchObject({ status: 404 }));
  });
});
