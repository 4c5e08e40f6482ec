import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import {
  bounceEvent,
  clickEvent,
  complaintEvent,
  deliveryEvent,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../test/support/mail-events.ts";
import { noObjects } from "../../test/support/no-objects.ts";
import { suppressNothing } from "../../test/support/suppression-rules.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import type { Database } from "../stores/postgres/database.ts";
import { refuseOutboxRow } from "../stores/postgres/outbox.ts";
import type { MailEvent } from "./event.ts";
import { readHistory } from "./history.ts";
import { createOutbox, type Outbox } from "./outbox.ts";

const engines = databases.flatMap((postgres) =>
  eventDatabases.map((clickhouse) => ({ ...postgres, clickhouse, kind: clickhouse.kind })),
);

describe.each(engines)("history on $name and $kind", ({ open, clickhouse }) => {
  let database: Database;
  let events: EventDatabase;
  let outbox: Outbox;

  beforeAll(async () => {
    [database, events] = await Promise.all([open(), clickhouse.open()]);
    outbox = createOutbox({
      database,
      objects: noObjects,
      suppressionRules: suppressNothing,
      interest: async () => undefined,
      clock: () => new Date(),
      committed: () => {},
    });
  });
  afterAll(() => database.close());

  const ids = async (messageId: string) => (await readHistory({ database, events }, messageId)).map(({ id }) => id);
  const idsOf = (history: readonly MailEvent[]) => history.map(({ id }) => id);

  /** A row's members of these names that are known: the outbox leaves out what the event database has as empty. */
  function known(row: object, names: readonly string[]): object {
    const isKnown = (value: unknown) => Boolean(value) && Object.keys(Object(value)).length !== 0;
    return Object.fromEntries(
      Object.entries(row).filter(
        ([name, value]) =>
          names.includes(name) && (typeof value === "number" ? value !== 0 : isKnown(value) || value === true),
      ),
    );
  }

  /** A message with one event of each kind, oldest first. */
  function story(): MailEvent[] {
    const sent = sendEvent({ message: { subject: "Grüße \u{1f600}\0", tags: { a: ["b", "c"], __proto__: ["x"] } } });
    const after = (milliseconds: number) => ({ ...sent, at: new Date(sent.at.getTime() + milliseconds) });
    return [
      sent,
      deliveryEvent(after(0)),
      bounceEvent(after(0), { diagnosticCode: "a\nb" }),
      complaintEvent(after(0)),
      openEvent(after(0)),
      clickEvent(after(0)),
      openEvent(after(1)),
      clickEvent(after(100_000)),
    ];
  }

  it("is read from the outbox alone", async () => {
    const history = story();
    await outbox.record(history.toReversed());
    expect(await ids(history[0]?.messageId ?? "")).toEqual(idsOf(history));
  });

  it("is read from the event database alone", async () => {
    const history = story();
    await insertEvents(events, history.toReversed());
    expect(await ids(history[0]?.messageId ?? "")).toEqual(idsOf(history));
  });

  it("is the same, in every member, from both", async () => {
    const history = story();
    const [{ messageId } = sendEvent()] = history;
    await outbox.record(history);
    const waiting = await readHistory({ database, events }, messageId);
    await insertEvents(events, history);
    const both = await readHistory({ database, events }, messageId);
    expect(both).toHaveLength(history.length);
    const names = Object.keys(both[0] ?? {});
    expect(both.map((row) => known(row, names))).toEqual(waiting.map((row) => known(row, names)));
    expect(both[0]).toMatchObject({ subject: "Grüße \u{1f600}\0", tags: { a: ["b", "c"] }, in_ses_scope: true });
  });

  it("is read from both, each event once, where a part has moved and some of it twice", async () => {
    const history = story();
    await insertEvents(events, history.slice(0, 4));
    await insertEvents(events, history.slice(0, 4));
    await outbox.record(history.slice(2, 6));
    await outbox.record(history.slice(5));
    await outbox.record(history.slice(5));
    expect(await ids(history[0]?.messageId ?? "")).toEqual(idsOf(history));
  });

  it("has what the event database refused", async () => {
    const history = story();
    await outbox.record(history);
    const [row] = await database.query<{ id: number }>("SELECT max(id) AS id FROM outbox");
    await refuseOutboxRow(database, row?.id ?? 0, "for a test");
    expect(await ids(history[0]?.messageId ?? "")).toEqual(idsOf(history));
  });

  it("has no other message's events, nor any of a message that is unknown", async () => {
    const [one, two] = [story(), story()];
    await outbox.record([...one, ...two]);
    expect(await ids(two[0]?.messageId ?? "")).toEqual(idsOf(two));
    const messageId = two[0]?.messageId ?? "";
    for (const other of [
      "",
      "none",
      "\0",
      "'",
      `${messageId}0`,
      messageId.slice(0, -1),
      messageId.toUpperCase(),
      "\ud800",
    ]) {
      expect([other, await ids(other)]).toEqual([other, []]);
    }
  });
});
