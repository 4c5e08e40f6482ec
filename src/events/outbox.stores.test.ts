import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { zstdDecompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { deliveryEvent, openEvent, sendEvent } from "../../test/support/mail-events.ts";
import { suppressNothing } from "../../test/support/suppression-rules.ts";
import { openFolder } from "../stores/objects/folder.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import { createMessageId } from "./message-id.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { decodeEvents, locationOf } from "./record.ts";

const origin = { scope: defaultScope, configurationSet: undefined, tenant: undefined };
const now = new Date("2026-11-23T12:34:56Z");

describe.each(databases)("the outbox on $name", ({ open }) => {
  let database: Database;
  let folder: string;
  let objects: ObjectStore;
  let outbox: Outbox;
  let commits = 0;
  /** What the next calls to the stores throw. */
  let storeFailure: Error | undefined;
  let databaseFailure: Error | undefined;

  beforeAll(async () => {
    database = await open();
    folder = await mkdtemp(join(tmpdir(), "mailglass-outbox-"));
    objects = await openFolder(folder, { sync: false });
    outbox = createOutbox({
      database: {
        ...database,
        run(text, parameters) {
          if (databaseFailure) return Promise.reject(databaseFailure);
          return database.run(text, parameters);
        },
      },
      objects: {
        ...objects,
        appendToPack(prefix, parts) {
          if (storeFailure) return Promise.reject(storeFailure);
          return objects.appendToPack(prefix, parts);
        },
      },
      suppressionRules: suppressNothing,
      interest: async () => undefined,
      clock: () => now,
      committed: () => commits++,
    });
  });
  afterAll(async () => {
    await database.close();
    await objects.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    commits = 0;
  });
  afterEach(async () => {
    storeFailure = undefined;
    databaseFailure = undefined;
    await outbox.idle();
    await database.query("DELETE FROM outbox");
  });

  function submit(mime: Uint8Array, subject = "hello", scope = origin.scope): Promise<void> {
    const messageId = createMessageId(now);
    return outbox.submit({
      messageId,
      mime,
      recipients: 1,
      origin: { ...origin, scope },
      addresses: [],
      begin: (location) => {
        const sent = sendEvent({ scope, messageId, sentAt: now, message: { subject, location } });
        return { events: [sent, deliveryEvent({ ...sent, at: now })], queued: [] };
      },
    });
  }

  interface Row {
    id: number;
    scope: number;
    events: number;
    recipients: number;
    first_message_id: string;
    last_message_id: string;
    payload: Uint8Array;
  }
  const rows = () => database.query<Row>("SELECT * FROM outbox ORDER BY id");
  const eventsOf = (row: Row) => decodeEvents(zstdDecompressSync(row.payload).toString("utf8"));

  it("has a row for each scope in a commit, with its events and recipients only", async () => {
    const scopes = [1, 7, 1, 8, 7, 7];
    const opened = openEvent({ scope: 9, messageId: "m", sentAt: now, recipient: "user@example.com", at: now });
    await Promise.all([
      ...scopes.map((scope, index) => submit(Buffer.from("mail"), String(index), scope)),
      outbox.record([opened, { ...opened, id: randomUUID(), scope: 8 }]),
    ]);
    expect(commits).toBe(1);
    const found = (await rows()).map((row) => {
      const events = eventsOf(row);
      expect(row.events).toBe(events.length);
      expect(new Set(events.map(({ scope }) => scope))).toEqual(new Set([row.scope]));
      const ids = events.map(({ message_id }) => message_id).sort();
      expect([row.first_message_id, row.last_message_id]).toEqual([ids.at(0), ids.at(-1)]);
      const subjects = events.flatMap(({ type, subject }) => (type === "SEND" ? [subject] : []));
      return [row.scope, row.recipients, subjects, events.filter(({ type }) => type === "OPEN").length];
    });
    expect(found.toSorted()).toEqual([
      [1, 2, ["0", "2"], 0],
      [7, 3, ["1", "4", "5"], 0],
      [8, 1, ["3"], 1],
      [9, 0, [], 1],
    ]);
  });

  it("keeps each message where its event says, whoever shared the commit", async () => {
    const mails = Array.from({ length: 200 }, (_, index) => Buffer.from(`mail ${index}\r\n`.repeat((index % 7) + 1)));
    await Promise.all(mails.map((mime, index) => submit(mime, String(index))));
    const found = await rows();
    expect(found.length).toBeLessThan(10);
    expect(commits).toBe(found.length);
    const events = found.flatMap(eventsOf);
    expect(events.map(({ type }) => type)).toEqual(mails.flatMap(() => ["SEND", "DELIVERY"]));
    const sent = events.filter(({ type }) => type === "SEND");
    expect(sent.map(({ subject }) => Number(subject))).toEqual(mails.map((_, index) => index));
    for (const [index, event] of sent.entries()) {
      const location = locationOf(event);
      const stored = location && (await objects.read(location.key, location));
      expect(stored && (await buffer(stored)).toString()).toBe(mails[index]?.toString());
      expect(location?.key).toMatch(/^mail\/2026\/11\/23\//);
    }
  });

  it("says of each row what is in it", async () => {
    await Promise.all(Array.from({ length: 50 }, () => submit(Buffer.from("mail"))));
    for (const row of await rows()) {
      const events = eventsOf(row);
      const ids = events.map((event) => event.message_id).toSorted();
      expect(row).toMatchObject({ events: events.length, recipients: events.length / 2 });
      expect([row.first_message_id, row.last_message_id]).toEqual([ids[0], ids.at(-1)]);
    }
  });

  it("resolves no sooner than the row can be read", async () => {
    for (let count = 0; count < 20; count++) {
      await submit(Buffer.from("mail"));
      expect(await rows()).toHaveLength(count + 1);
    }
  });

  it("bounds a commit by its requests and by its bytes", async () => {
    await Promise.all(Array.from({ length: 1_200 }, () => submit(Buffer.from("mail"))));
    const many = await rows();
    expect(many.reduce((sum, row) => sum + row.events, 0)).toBe(2_400);
    expect(Math.max(...many.map((row) => row.events))).toBeLessThanOrEqual(1_000);
    await database.query("DELETE FROM outbox");
    await Promise.all(Array.from({ length: 6 }, () => submit(Buffer.alloc(5 << 20))));
    expect((await rows()).map((row) => row.events)).toEqual([4, 4, 4]);
  });

  it("takes events of messages that exist already, also more than are compressed at once", async () => {
    const sent = sendEvent({ sentAt: now });
    const events = Array.from({ length: 5_000 }, () => deliveryEvent({ ...sent, at: now }));
    await outbox.record(events);
    const [row] = await rows();
    expect(row).toMatchObject({ events: 5_000, recipients: 0 });
    expect(row && eventsOf(row).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    await outbox.record([]);
    expect(await rows()).toHaveLength(1);
  });

  it.each(["the object store", "the database"])(
    "acknowledges nothing where %s fails, and goes on after it",
    async (what) => {
      const failure = new Error(`${what} is away`);
      if (what === "the database") databaseFailure = failure;
      else storeFailure = failure;
      const results = await Promise.allSettled(Array.from({ length: 30 }, () => submit(Buffer.from("mail"))));
      expect(results).toEqual(results.map(() => ({ status: "rejected", reason: failure })));
      expect(commits).toBe(0);
      databaseFailure = undefined;
      storeFailure = undefined;
      expect(await rows()).toEqual([]);
      await submit(Buffer.from("mail"));
      expect(await rows()).toHaveLength(1);
    },
  );

  it("fails a request that shares a commit with one whose events can't be made", async () => {
    const broken = outbox.submit({
      messageId: createMessageId(now),
      mime: Buffer.from("mail"),
      recipients: 1,
      origin,
      addresses: [],
      begin: () => {
        throw new Error("a defect");
      },
    });
    const results = await Promise.allSettled([broken, submit(Buffer.from("mail"))]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await rows()).toEqual([]);
  });

  it("is idle when nothing is under way, and only then", async () => {
    await outbox.idle();
    const settled: string[] = [];
    const all = Array.from({ length: 700 }, () => submit(Buffer.from("mail")).then(() => settled.push("mail")));
    await outbox.idle().then(() => settled.push("idle"));
    await Promise.all(all);
    expect(settled.at(-1)).toBe("idle");
    expect(settled).toHaveLength(701);
    storeFailure = new Error("away");
    const failing = submit(Buffer.from("mail"));
    await Promise.all([expect(failing).rejects.toThrow("away"), outbox.idle()]);
  });
});
