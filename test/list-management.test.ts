/** Mail of contact lists: what it tells of unsubscribing, what recipients do with it, and what becomes of it then. */
import { randomUUID } from "node:crypto";
import type { SendEmailRequest, Topic } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectMailglass, type Inbox, type Message } from "../src/testing/index.ts";
import { databases } from "./support/databases.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { runs } from "./support/runs.ts";
import { insightsOf, send, simple } from "./support/sent-mail.ts";

const placeholder = "{{amazonSESUnsubscribeUrl}}";

describe.each(databases)("list management on $name", ({ open }) => {
  let server: InProcessServer;
  let inbox: Inbox;
  let closeDatabase: () => Promise<void>;

  beforeAll(async () => {
    const database = await open();
    closeDatabase = () => database.close();
    const environment = {
      MAILGLASS_EXPORT_WORKERS: "0",
      MAILGLASS_PUBLIC_URL: "https://mail.example.com",
      MAILGLASS_AUTH: "off",
      MAILGLASS_RATE_LIMITS: "off",
      MAILGLASS_TEST_ENDPOINTS: "on",
    };
    server = await startInProcess({ database, environment });
    ({ inbox } = await connectMailglass(server.url));
  });
  afterAll(async () => {
    await server.close();
    await closeDatabase();
  });

  const topic = (TopicName: string, DefaultSubscriptionStatus: Topic["DefaultSubscriptionStatus"] = "OPT_IN") => ({
    TopicName,
    DisplayName: `About <${TopicName}> & more`,
    Description: `All that is "${TopicName}"`,
    DefaultSubscriptionStatus,
  });

  /** A list of its own for a test. */
  async function createList(...topics: Topic[]): Promise<string> {
    const name = randomUUID();
    await server.database.query(
      `INSERT INTO contact_lists (scope, name, topics, tags, created_at, updated_at)
       VALUES (1, $1, $2::text::jsonb, '[]', now(), now())`,
      [name, JSON.stringify(topics)],
    );
    return name;
  }

  const contactsOf = (list: string) =>
    server.database.query<{ address: string; unsubscribe_all: boolean; preferences: object }>(
      "SELECT address, unsubscribe_all, preferences FROM contacts WHERE list = $1 ORDER BY address",
      [list],
    );

  const listed = (list: string, topicName?: string, changes: Partial<SendEmailRequest> = {}) =>
    simple({ ListManagementOptions: { ContactListName: list, TopicName: topicName }, ...changes });

  /** The link in a message's header. */
  function urlIn(message: Message): string {
    const header = message.header("List-Unsubscribe");
    expect(header).toMatch(/^<https:\/\/mail\.example\.com\/subscriptions\/[\w.-]+>$/);
    return header?.slice(1, -1) ?? "";
  }

  /** Its path. */
  const linkOf = async (messageId: string) => new URL(urlIn(await inbox.get(messageId))).pathname;

  const get = (url: string) => server.app.inject({ method: "GET", url });
  const post = (url: string, form: Record<string, string> | string[][]) =>
    server.app.inject({
      method: "POST",
      url,
      payload: new URLSearchParams(form).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
  const oneClick = { "List-Unsubscribe": "One-Click" };

  const typesOf = async (id: string) =>
    (await insightsOf(server, id)).Insights?.map(({ Events }) => Events?.map(({ Type }) => Type));
  const bounced = ["SEND", "BOUNCE"];
  const delivered = ["SEND", "DELIVERY"];

  async function subscriptionEvents(id: string) {
    const events = await (await inbox.get(id)).events();
    return events.filter(({ type }) => type === "SUBSCRIPTION");
  }

  describe("what is sent", () => {
    it("is refused where the list or the topic does not exist, and changes nothing", async () => {
      const list = await createList(topic("news"));
      for (const name of ["none", "a\0b", "\ud800"]) {
        expect(await refused(send(server, listed(name)))).toEqual([
          "NotFoundException",
          expect.stringMatching(/^List with name: .* doesn't exist\.$/s),
        ]);
      }
      expect(await refused(send(server, listed(list, "sports")))).toEqual([
        "BadRequestException",
        `List: ${list} doesn't contain Topic: sports`,
      ]);
      expect((await refused(send(server, listed(list, "\0"))))[0]).toBe("BadRequestException");
      expect(await contactsOf(list)).toEqual([]);
    });

    it("has the header's fields once, and a link for the first two placeholders of each text", async () => {
      const list = await createList(topic("news"));
      const id = await send(
        server,
        listed(list, "news", {
          Content: {
            Simple: {
              Subject: { Data: "news" },
              Body: {
                Text: { Data: `ü ${placeholder} ${placeholder} ${placeholder}` },
                Html: { Data: `<a href="${placeholder}">unsubscribe</a>` },
              },
              Headers: [
                { Name: "List-Unsubscribe", Value: "<https://elsewhere.example.com>" },
                { Name: "List-ID", Value: "<news.example.com>" },
              ],
            },
          },
        }),
      );
      const message = await inbox.get(id);
      const link = urlIn(message);
      expect(message.headers.filter(({ name }) => /^list-/i.test(name))).toEqual([
        { name: "List-Unsubscribe", value: `<${link}>` },
        { name: "List-Unsubscribe-Post", value: "List-Unsubscribe=One-Click" },
        { name: "List-ID", value: "<news.example.com>" },
      ]);
      expect(message.link("unsubscribe")).toBe(link);
      expect(message.text.trim()).toBe(`ü ${link} ${link} ${placeholder}`);
      expect(await typesOf(id)).toEqual([delivered]);
    });

    it("comes from templates, which need not know the placeholder", async () => {
      const list = await createList();
      const id = await send(
        server,
        listed(list, undefined, {
          Content: {
            Template: {
              TemplateContent: { Subject: "Hi {{name}}", Text: `{{name}}: ${placeholder}` },
              TemplateData: '{"name":"A"}',
            },
          },
        }),
      );
      const message = await inbox.get(id);
      expect(message.text.trim()).toBe(`A: ${urlIn(message)}`);
    });

    it.each([
      ["7bit", `first ${placeholder}\r\n`],
      ["quoted-printable", "first {{amazonSES=\r\nUnsubscribeUrl=7D}\r\n"],
      ["base64", Buffer.from(`first ${placeholder}\r\n`).toString("base64")],
    ])("is raw, in %s", async (encoding, body) => {
      const list = await createList(topic("news"));
      const raw = [
        "From: sender@example.com",
        "To: user@example.com",
        "List-Unsubscribe: <mailto:elsewhere@example.com>",
        `X-SES-LIST-MANAGEMENT-OPTIONS: ${list}; topic=news`,
        "Subject: raw",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain; charset=utf-8",
        `Content-Transfer-Encoding: ${encoding}`,
        "",
        body,
        "--b",
        "Content-Type: text/plain",
        "Content-Disposition: attachment; filename=a.txt",
        "",
        placeholder,
        "--b--",
        "",
      ].join("\r\n");
      const id = await send(server, { Content: { Raw: { Data: Buffer.from(raw) } } });
      const message = await inbox.get(id);
      expect(message.text.trim()).toBe(`first ${urlIn(message)}`);
      expect(message.headers.filter(({ name }) => /^list-unsubscribe$/i.test(name))).toHaveLength(1);
      expect((await message.attachments[0]?.content())?.toString()).toContain(placeholder);
    });

    it("has no links where it goes to several, nor where it is signed already", async () => {
      const list = await createList(topic("news"));
      const Destination = { ToAddresses: ["a@example.com", "b@Example.COM"] };
      const several = await inbox.get(await send(server, listed(list, "news", { Destination })));
      expect((await several.raw()).toString()).not.toContain("List-Unsubscribe");
      expect(await contactsOf(list)).toMatchObject([{ address: "a@example.com" }, { address: "b@example.com" }]);
      const Data = Buffer.from(
        `From: a@example.com\r\nTo: b@example.com\r\nDKIM-Signature: v=1\r\n\r\n${placeholder}\r\n`,
      );
      const signed = await inbox.get(await send(server, listed(list, "news", { Content: { Raw: { Data } } })));
      expect((await signed.raw()).toString()).not.toContain("List-Unsubscribe");
      expect(signed.text).toContain(placeholder);
    });

    it("makes contacts of those who are not on the list, once", async () => {
      const list = await createList(topic("news"));
      const addresses = Array.from({ length: 60 }, (_, index) => `user${index % 30}@example.com`);
      await Promise.all(
        addresses.map((address) => send(server, listed(list, "news", { Destination: { ToAddresses: [address] } }))),
      );
      const contacts = await contactsOf(list);
      expect(contacts).toHaveLength(30);
      expect(contacts[0]).toEqual({ address: "user0@example.com", unsubscribe_all: false, preferences: {} });
    });
  });

  describe("one click", () => {
    it("unsubscribes from the topic of the message, and is told once", async () => {
      const list = await createList(topic("news"), topic("sports"));
      const id = await send(server, listed(list, "news"));
      const link = await linkOf(id);
      const answers = await Promise.all([post(link, oneClick), post(link, oneClick), post(link, oneClick)]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
      expect(await contactsOf(list)).toEqual([
        { address: "user@gmail.com", unsubscribe_all: false, preferences: { news: "OPT_OUT" } },
      ]);
      const preferences = (news: string) => ({
        unsubscribeAll: false,
        topicSubscriptionStatus: [
          { topicName: "news", subscriptionStatus: news },
          { topicName: "sports", subscriptionStatus: "OptIn" },
        ],
      });
      expect(await subscriptionEvents(id)).toEqual([
        {
          id: expect.any(String),
          type: "SUBSCRIPTION",
          at: expect.any(Date),
          recipient: "user@gmail.com",
          contactList: list,
          source: "UnsubscribeHeader",
          newTopicPreferences: preferences("OptOut"),
          oldTopicPreferences: preferences("OptIn"),
        },
      ]);
      expect(await typesOf(id)).toEqual([[...delivered, "SUBSCRIPTION"]]);
      const refusedMail = await send(server, listed(list, "news"));
      const [insights] = (await insightsOf(server, refusedMail)).Insights ?? [];
      expect(insights?.Events?.[1]?.Details?.Bounce).toMatchObject({
        BounceType: "PERMANENT",
        BounceSubType: "UNSUBSCRIBED_RECIPIENT",
      });
      expect(await typesOf(await send(server, listed(list, "sports")))).toEqual([delivered]);
      expect(await typesOf(await send(server, listed(list)))).toEqual([delivered]);
      expect(await typesOf(await send(server, simple()))).toEqual([delivered]);
    });

    it("unsubscribes from all where the message has no topic, also as multipart/form-data", async () => {
      const list = await createList(topic("news"));
      const id = await send(server, listed(list));
      const payload = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
      const answer = await server.app.inject({
        method: "POST",
        url: await linkOf(id),
        payload,
        headers: { "content-type": "multipart/form-data; boundary=x" },
      });
      expect(answer.statusCode).toBe(200);
      expect(await contactsOf(list)).toMatchObject([{ unsubscribe_all: true }]);
      expect(await typesOf(await send(server, listed(list)))).toEqual([bounced]);
      expect(await typesOf(await send(server, listed(list, "news")))).toEqual([bounced]);
      const Destination = { ToAddresses: ["user@gmail.com", "other@example.com"] };
      expect(await typesOf(await send(server, listed(list, "news", { Destination })))).toEqual([bounced, delivered]);
    });

    const urlencoded = "application/x-www-form-urlencoded";
    const field = (name: string, value: string) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    it.each<[what: string, payload: string | undefined, type: string | undefined]>([
      ["a line break after the value", "List-Unsubscribe=One-Click\r\n", urlencoded],
      ["an LF after the value", "List-Unsubscribe=One-Click\n", urlencoded],
      ["white space around the value", "List-Unsubscribe=+One-Click%20", urlencoded],
      ["text/plain", "List-Unsubscribe=One-Click", "text/plain; charset=utf-8"],
      ["text/plain in the form of a header", "List-Unsubscribe: One-Click\r\n", "text/plain"],
      ["lower case", "list-unsubscribe=one-click", urlencoded],
      ["upper case in the type", "LIST-UNSUBSCRIBE=ONE-CLICK", "Application/X-WWW-Form-Urlencoded"],
      ["JSON", '{"List-Unsubscribe":"One-Click"}', "application/json"],
      ["bytes", "List-Unsubscribe=One-Click", "application/octet-stream"],
      ["no type", "List-Unsubscribe=One-Click", undefined],
      ["no body", undefined, undefined],
      ["an empty body", "", urlencoded],
      ["a body of a line break", "\r\n", urlencoded],
      [
        "multipart in lower case",
        `${field("list-unsubscribe", "one-click")}--x--\r\n`,
        "multipart/form-data; boundary=x",
      ],
      ["multipart without its end", field("List-Unsubscribe", "One-Click"), "multipart/form-data; boundary=x"],
      ["multipart without a boundary", `${field("List-Unsubscribe", "One-Click")}--x--\r\n`, "multipart/form-data"],
    ])("works with %s", async (_what, payload, type) => {
      const list = await createList(topic("news"));
      const url = await linkOf(await send(server, listed(list, "news")));
      const headers = type === undefined ? {} : { "content-type": type };
      const request = { method: "POST", url, headers, ...(payload !== undefined && { payload }) } as const;
      expect((await server.app.inject(request)).statusCode).toBe(200);
      expect(await contactsOf(list)).toMatchObject([{ unsubscribe_all: false, preferences: { news: "OPT_OUT" } }]);
    });

    it("is not what a page's form asks for that is unknown", async () => {
      const list = await createList(topic("news"));
      const link = await linkOf(await send(server, listed(list, "news")));
      expect((await post(link, { action: "dance", ...oneClick })).statusCode).toBe(400);
      expect(await contactsOf(list)).toMatchObject([{ unsubscribe_all: false, preferences: {} }]);
    });

    it("needs a contact no longer, but a list", async () => {
      const list = await createList(topic("news"));
      const link = await linkOf(await send(server, listed(list, "news")));
      await server.database.query("DELETE FROM contacts WHERE list = $1", [list]);
      expect((await post(link, oneClick)).statusCode).toBe(200);
      expect(await contactsOf(list)).toMatchObject([{ preferences: { news: "OPT_OUT" } }]);
      await server.database.query("DELETE FROM contact_lists WHERE name = $1", [list]);
      expect((await post(link, oneClick)).statusCode).toBe(404);
      expect((await get(link)).statusCode).toBe(404);
    });
  });

  describe("the page", () => {
    it("shows the choices, escaped, and changes nothing", async () => {
      const list = await createList(topic("news"), topic("sports", "OPT_OUT"));
      const link = await linkOf(await send(server, listed(list)));
      await server.database.query("DELETE FROM contacts WHERE list = $1", [list]);
      const answer = await get(link);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": expect.stringMatching(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /),
        "referrer-policy": "no-referrer",
      });
      expect(answer.body).toContain("About &#60;news&#62; &#38; more");
      expect(answer.body).toContain("All that is &#34;news&#34;");
      expect(answer.body).not.toContain("<script");
      expect(answer.body.match(/type="checkbox"/g)).toHaveLength(2);
      expect(answer.body.match(/checked/g)).toHaveLength(1);
      expect(await contactsOf(list)).toEqual([]);
    });

    it("saves the choices of topics that it showed", async () => {
      const list = await createList(topic("news"), topic("sports", "OPT_OUT"), topic("__proto__"));
      const id = await send(server, listed(list, "news"));
      const link = await linkOf(id);
      const form = [
        ["action", "save"],
        ["shown", "news"],
        ["shown", "sports"],
        ["shown", "elsewhere"],
        ["topic", "sports"],
        ["topic", "elsewhere"],
        ["topic", "__proto__"],
      ];
      expect((await post(link, form)).body).toContain("Your choices have been saved.");
      expect(await contactsOf(list)).toMatchObject([{ preferences: { news: "OPT_OUT", sports: "OPT_IN" } }]);
      expect(await typesOf(await send(server, listed(list, "__proto__")))).toEqual([delivered]);
      expect(await typesOf(await send(server, listed(list, "sports")))).toEqual([delivered]);
      expect(await typesOf(await send(server, listed(list, "news")))).toEqual([bounced]);
      await post(link, form);
      expect(await subscriptionEvents(id)).toHaveLength(1);
    });

    it("unsubscribes from all and subscribes again", async () => {
      const list = await createList(topic("news"), topic("sports"));
      const id = await send(server, listed(list, "news"));
      const link = await linkOf(id);
      await post(link, { action: "unsubscribe-all" });
      expect(await typesOf(await send(server, listed(list, "news")))).toEqual([bounced]);
      expect((await get(link)).body).not.toContain("checked");
      const save = [
        ["action", "save"],
        ["shown", "news"],
        ["shown", "sports"],
      ];
      await post(link, save);
      expect(await contactsOf(list)).toMatchObject([{ unsubscribe_all: true }]);
      await post(link, [...save, ["topic", "sports"]]);
      expect(await contactsOf(list)).toMatchObject([
        { unsubscribe_all: false, preferences: { news: "OPT_OUT", sports: "OPT_IN" } },
      ]);
      await post(link, { action: "unsubscribe-all" });
      await post(link, { action: "subscribe" });
      expect(await contactsOf(list)).toMatchObject([{ unsubscribe_all: false }]);
      const sources = (await subscriptionEvents(id)).map(({ source }) => source);
      expect(new Set(sources)).toEqual(new Set(["UnsubscribePage"]));
    });

    it("honours a topic's default where nothing was chosen", async () => {
      const list = await createList(topic("sports", "OPT_OUT"));
      expect(await typesOf(await send(server, listed(list, "sports")))).toEqual([bounced]);
      expect(await contactsOf(list)).toMatchObject([{ preferences: {} }]);
    });
  });

  it("whatever comes as token or body, nothing fails, and nothing but what the link is for changes", async () => {
    const list = await createList(topic("news"));
    const [own, other] = await Promise.all(
      ["own@example.com", "other@example.com"].map(async (address) =>
        linkOf(await send(server, listed(list, "news", { Destination: { ToAddresses: [address] } }))),
      ),
    );
    if (own === undefined || other === undefined) throw new Error("there are no links");
    const others = async () => (await contactsOf(list)).filter(({ address }) => address !== "own@example.com");
    const before = await others();
    const token = other.slice("/subscriptions/".length);
    const [payload = "", signature = ""] = token.split(".");
    const [, ownSignature = ""] = own.split(".");
    const forged = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.nat(token.length - 1).map((length) => token.slice(0, length)),
      fc.tuple(fc.nat(token.length - 1), fc.constantFrom("A", "B", "_", ".", "=", " ")).map(([at, character]) => {
        const changed = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;
        return changed === token ? `${token}A` : changed;
      }),
      fc.constant(`${payload}.${ownSignature}`),
      fc.constant(`${payload}.`),
      fc.constant(`.${signature}`),
      fc.base64String().map((text) => `${text}.${signature}`),
    );
    const type = fc.oneof(
      fc.constantFrom(
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
      ),
      fc.string({ unit: fc.constantFrom("a", "/", ";", "=", " ", "x") }),
    );
    const body = fc.oneof(
      fc.constantFrom("List-Unsubscribe=One-Click", "action=save&shown=news", "action=unsubscribe-all"),
      fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .string()
        .map((text) => `--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n${text}\r\n--x--`),
      fc.nat(40_000).map((length) => "a".repeat(length)),
    );
    await fc.assert(
      fc.asyncProperty(forged, type, body, fc.boolean(), async (bad, contentType, payload, isOwn) => {
        const url = isOwn ? own : `/subscriptions/${encodeURIComponent(bad.toWellFormed())}`;
        const headers = { "content-type": contentType };
        const answer = await server.app.inject({ method: "POST", url, payload, headers });
        expect(answer.statusCode).toBeLessThan(500);
        if (!isOwn) expect(answer.statusCode).toBeGreaterThanOrEqual(400);
        const shown = await get(url);
        expect(isOwn ? [200] : [400, 403, 404]).toContain(shown.statusCode);
      }),
      { numRuns: runs(300) },
    );
    expect(await others()).toEqual(before);
    expect(server.logged).toEqual([]);
  });
});
