/** The inbox over both PostgreSQL engines: what is in the outbox and what is recorded, removal, floors, other processes. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { eventually } from "../../test/support/eventually.ts";
import { insertEvents, sendEvent } from "../../test/support/mail-events.ts";
import { inMoreScopes } from "../../test/support/more-scopes.ts";
import { createCommitFeed } from "../events/commit-feed.ts";
import { outboxRowsOf } from "../events/commit-rows.ts";
import type { SendEvent } from "../events/event.ts";
import { createMessageId } from "../events/message-id.ts";
import { createEventReader } from "../insights/event-reader.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { openObjectStore } from "../stores/objects/open-object-store.ts";
import type { ScopedDatabase } from "../stores/postgres/database.ts";
import { insertOutboxRows } from "../stores/postgres/outbox.ts";
import { createInbox, type Inbox } from "./inbox.ts";
import { type InboxMessage, MailGone } from "./inbox-message.ts";

interface Sent {
  at?: Date;
  to?: string;
  subject?: string;
  scope?: number;
  mime?: string;
  id?: string;
}

describe.each(databases)("the inbox on $name", ({ open }) => {
  let folder: string;
  let database: ScopedDatabase;
  let events: EventDatabase;
  let objects: ObjectStore;
  let inbox: Inbox;
  let now: Date;
  const commits = createCommitFeed();
  const warnings: string[] = [];

  beforeAll(async () => {
    const [kind] = eventDatabases;
    if (!kind) throw new Error("there are no event databases");
    folder = await mkdtemp(join(tmpdir(), "mailglass-inbox-"));
    [database, events, objects] = await Promise.all([open(), kind.open(), openObjectStore({ folder, sync: false })]);
  });
  afterAll(async () => {
    inbox.stop();
    await Promise.all([database.close(), events.close(), objects.close()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    now = new Date("2026-11-24T12:00:00Z");
    inbox = createInbox({
      ...{ database, events, objects, commits, clock: () => now },
      reader: createEventReader(events),
      log: { warn: (_, message) => warnings.push(message) },
    });
    await database.query("TRUNCATE outbox, inbox_removals, inbox_floors");
    for (const table of ["events", "message_states"]) await events.client.command({ query: `TRUNCATE TABLE ${table}` });
  });

  async function message({
    at = now,
    to = "a@example.com",
    subject = "Hello",
    scope,
    mime,
    id,
  }: Sent): Promise<SendEvent> {
    const mail = Buffer.from(mime ?? `From: Shop <shop@example.com>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello`);
    const { key, offsets } = await objects.appendToPack("mail/2026/11/24", [mail]);
    return sendEvent({
      ...{ scope, sentAt: at, recipient: to, messageId: id ?? createMessageId(at) },
      message: { source: "shop@example.com", subject, location: { key, offset: offsets[0] ?? 0, length: mail.length } },
    });
  }

  /** Puts a message into the outbox, or where the recorder moves it. */
  async function send(sent: Sent & { recorded?: boolean } = {}): Promise<string> {
    const event = await message(sent);
    if (sent.recorded) await insertEvents(events, [event]);
    else await insertOutboxRows(database, await outboxRowsOf([{ events: [event], origin: undefined }], facts()));
    return event.messageId;
  }

  const facts = () => ({ recipients: new Map(), now, interest: undefined });
  const ids = async (options: Partial<Parameters<Inbox["list"]>[1]> = {}, scope?: number) => {
    const found = await inbox.list(scope ?? database.scope, { order: "newest", limit: 1_000, ...options });
    return found.map(({ id }) => id);
  };
  const later = (ms: number) => new Date(now.getTime() + ms);

  it("shows what waits in the outbox and what is recorded, each message once, in order", async () => {
    const sent: string[] = [];
    for (let n = 0; n < 6; n++) sent.push(await send({ at: later(n), recorded: n % 2 === 0 }));
    expect(await ids({ order: "oldest" })).toEqual(sent);
    expect(await ids()).toEqual(sent.toReversed());
    expect(await ids({ limit: 2 })).toEqual(sent.toReversed().slice(0, 2));
    const both = await message({ at: later(9) });
    await insertEvents(events, [both, { ...both, id: randomUUID(), recipient: "b@example.com" }]);
    await insertOutboxRows(database, await outboxRowsOf([{ events: [both], origin: undefined }], facts()));
    expect(await ids({ limit: 1 })).toEqual([both.messageId]);
    expect(await ids()).toHaveLength(7);
  });

  it("has more messages than a page, from both", async () => {
    const recorded = await Promise.all(Array.from({ length: 1_250 }, (_, n) => message({ at: later(2 * n) })));
    const waiting = await Promise.all(Array.from({ length: 150 }, (_, n) => message({ at: later(20 * n + 1) })));
    await insertEvents(events, recorded);
    for (const event of waiting) {
      await insertOutboxRows(database, await outboxRowsOf([{ events: [event], origin: undefined }], facts()));
    }
    const all = [...recorded, ...waiting].map(({ messageId }) => messageId).sort();
    expect(await ids({ order: "oldest", limit: Number.POSITIVE_INFINITY })).toEqual(all);
    expect(await ids({ limit: Number.POSITIVE_INFINITY })).toEqual(all.toReversed());
  });

  it("shows the mail, and says so if it is gone", async () => {
    const id = await send({ subject: "Welcome" });
    const found = await inbox.find(database.scope, id);
    expect(found).toMatchObject({
      id,
      at: now,
      sender: "shop@example.com",
      recipients: ["a@example.com"],
      subject: "Welcome",
    });
    expect(String(await found?.raw())).toContain("Subject: Welcome");
    expect((await found?.raw())?.length).toBe(found?.size);
    const gone = sendEvent({
      sentAt: now,
      message: { location: { key: "mail/2026/11/23/gone.pack", offset: 0, length: 9 } },
    });
    await insertEvents(events, [gone]);
    await expect((await inbox.find(database.scope, gone.messageId))?.raw()).rejects.toThrow(MailGone);
    expect(await inbox.find(database.scope, createMessageId(now))).toBeUndefined();
    expect(await inbox.find(database.scope, "\0")).toBeUndefined();
  });

  it("leaves out messages without mail, such as simulated ones", async () => {
    const simulated = sendEvent({ sentAt: now });
    await insertEvents(events, [simulated]);
    expect(await ids()).toEqual([]);
    expect(await inbox.find(database.scope, simulated.messageId)).toBeUndefined();
  });

  it("filters by a time, and by a message", async () => {
    const sent: string[] = [];
    for (let n = 0; n < 4; n++) sent.push(await send({ at: later(1_000 * n), recorded: n < 2 }));
    const [, second = "", third = "", fourth = ""] = sent;
    expect(await ids({ since: later(2_000) })).toEqual([fourth, third]);
    expect(await ids({ after: second })).toEqual([fourth, third]);
    expect(await ids({ after: fourth })).toEqual([]);
  });

  it("takes out single messages, once", async () => {
    const [one, other] = [await send({ recorded: true }), await send()];
    expect(await inbox.remove(database.scope, [one, one, "unknown"])).toBe(1);
    expect(await inbox.remove(database.scope, [one])).toBe(0);
    expect(await ids()).toEqual([other]);
    expect(await inbox.find(database.scope, one)).toBeUndefined();
  });

  it("takes out and finds many at once", async () => {
    const sent: string[] = [];
    for (let n = 0; n < 12; n++) sent.push(await send({ at: later(1_000 * n), recorded: n % 2 === 0 }));
    const [first = "", ...others] = sent;
    const some = others.slice(0, 10);
    const asked = [...some, "unknown", some[0] ?? ""];
    expect((await inbox.findAll(database.scope, asked)).map(({ id }) => id).sort()).toEqual([...some].sort());
    expect(await inbox.remove(database.scope, asked)).toBe(10);
    expect(await inbox.remove(database.scope, asked)).toBe(0);
    expect(await ids()).toEqual([others.at(-1), first]);
  });

  it("takes out all, in few rows, and shows what is sent after that", async () => {
    const old = await send({ at: later(-3_600_000), recorded: true });
    const [recent, inFuture] = [await send({ at: later(-1_000) }), await send({ at: later(5_000), recorded: true })];
    const other = await send({ at: later(-50) });
    await inbox.remove(database.scope, [old, recent]);
    expect(await inbox.remove(database.scope, "all")).toBe(2);
    expect(await ids()).toEqual([]);
    for (const id of [old, recent, inFuture, other]) expect(await inbox.find(database.scope, id)).toBeUndefined();
    // What is older than a minute needs no row of its own.
    const rows = await database.query<{ id: string }>("SELECT message_id AS id FROM inbox_removals ORDER BY 1");
    expect(rows.map(({ id }) => id)).toEqual([recent, other, inFuture].sort());
    // Sent before what was taken out, as servers with other clocks do, but committed after it.
    const next = await send({ at: later(-30_000) });
    expect(await ids()).toEqual([next]);
    now = later(120_000);
    expect(await inbox.remove(database.scope, "all")).toBe(1);
    expect(await database.query("SELECT FROM inbox_removals")).toEqual([]);
    expect(await ids()).toEqual([]);
  });

  it("shows what is sent after the clock was set back", async () => {
    const [one, other] = [await send({ recorded: true }), await send({ at: later(-7_200_000), recorded: true })];
    now = later(600_000);
    await inbox.remove(database.scope, "all");
    now = later(-4_200_000);
    await inbox.clockSetBack();
    const next = await send({ at: later(10) });
    expect(await ids()).toEqual([next]);
    for (const id of [one, other]) expect(await inbox.find(database.scope, id)).toBeUndefined();
    await inbox.clockSetBack();
    expect(await ids()).toEqual([next]);
  });

  it("keeps accounts and regions apart", async () => {
    const scopes = (await inMoreScopes(database)).map(({ scope }) => scope);
    const sent = new Map<number, string>();
    for (const scope of scopes) sent.set(scope, await send({ scope }));
    const [first = 0, second = 0, ...others] = scopes;
    for (const scope of scopes) {
      expect(await ids({}, scope)).toEqual([sent.get(scope)]);
      expect((await inbox.find(scope, sent.get(first) ?? ""))?.id).toBe(scope === first ? sent.get(first) : undefined);
    }
    expect(await inbox.remove(second, [sent.get(first) ?? ""])).toBe(0);
    expect(await inbox.remove(second, "all")).toBe(1);
    for (const scope of [first, ...others]) expect(await ids({}, scope)).toHaveLength(1);
    expect(await inbox.list(undefined, { order: "newest", limit: 9 })).toHaveLength(scopes.length - 1);
    expect(await inbox.remove(undefined, "all")).toBe(scopes.length - 1);
    for (const scope of scopes) expect(await ids({}, scope)).toEqual([]);
  });

  it("finds messages by what they say", async () => {
    const id = await send({
      ...{ to: "Ada@example.com", subject: "Your order 4711" },
      mime: [
        "From: Shop <Orders@Shop.example>",
        "To: friends: Bob <bob@example.com>, carol@example.com;",
        "Cc: dave@example.com",
        "Subject: Your order 4711",
        "Content-Type: text/html",
        "",
        "<p class=hidden>Thank <b>you</b>, Ada</p>",
      ].join("\r\n"),
    });
    await send({ to: "eve@example.com", subject: "Other" });
    const matching = [
      ...[
        { to: "ADA@example.com" },
        { to: "bob@example.com" },
        { to: "carol@example.com" },
        { to: "dave@example.com" },
      ],
      ...[{ from: "shop@example.com", to: "ada@example.com" }, { from: "orders@shop.example" }],
      ...[{ subject: "ORDER" }, { subject: "/order \\d+$/" }, { text: "thank you, ada" }, { text: "order 4711" }],
    ];
    for (const filter of matching) expect([filter, await ids({ matching: filter })]).toEqual([filter, [id]]);
    const others = [
      ...[{ to: "example.com" }, { to: "orders@shop.example" }, { from: "bob@example.com" }, { subject: "/ORDER/" }],
      ...[{ text: "hidden" }, { tag: { name: "a", value: "b" } }, { configurationSet: "set" }, { template: "t" }],
    ];
    for (const filter of others) expect([filter, await ids({ matching: filter })]).toEqual([filter, []]);
  });

  it("tells of messages of this process with their commit, and of others when they are found", async () => {
    now = new Date();
    const told: InboxMessage[] = [];
    const known = await send({ at: later(-60_000) });
    const leave = inbox.watch(database.scope, (messages) => told.push(...messages));
    const own = await message({ at: later(1) });
    const mime = Buffer.from("Subject: x\r\n\r\nown");
    const submission = { messageId: own.messageId, mime };
    commits.publish({ entries: [submissionEntry(submission)], events: [own] });
    expect(told.map(({ id }) => id)).toEqual([own.messageId]);
    expect(String(await told[0]?.raw())).toBe(String(mime));
    if (database.kind === "server") {
      const [waiting, recorded] = [await send({ at: later(2) }), await send({ at: later(3), recorded: true })];
      await eventually(() => expect(told.map(({ id }) => id)).toEqual([own.messageId, waiting, recorded]));
      expect(told.map(({ id }) => id)).not.toContain(known);
    }
    leave();
    commits.publish({ entries: [submissionEntry(submission)], events: [{ ...own, messageId: createMessageId(now) }] });
    expect(told).toHaveLength(database.kind === "server" ? 3 : 1);
    expect(warnings).toEqual([]);
  });
});

function submissionEntry({ messageId, mime }: { messageId: string; mime: Uint8Array }) {
  const submission = {
    ...{ messageId, mime, recipients: 1, addresses: [] },
    origin: { scope: 1, configurationSet: undefined, tenant: undefined },
    begin: () => ({ events: [], queued: [] }),
  };
  return { kind: "submission", submission } as const;
}
