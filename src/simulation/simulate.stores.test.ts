import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { noObjects } from "../../test/support/no-objects.ts";
import { suppressNothing } from "../../test/support/suppression-rules.ts";
import { createOutbox, type Outbox } from "../events/outbox.ts";
import { startRecorder } from "../events/recorder.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { type Database, defaultScope } from "../stores/postgres/database.ts";
import { simulate } from "./simulate.ts";
import { simulateTraffic } from "./traffic.ts";

const engines = databases.flatMap((postgres) =>
  eventDatabases.map((clickhouse) => ({ ...postgres, clickhouse, kind: clickhouse.kind })),
);

describe.each(engines)("a simulation on $name and $kind", ({ open, clickhouse }) => {
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

  async function texts(query: string): Promise<string[]> {
    const answer = await events.client.query({ query, format: "JSONEachRow" });
    return (await answer.json<{ text: string }>()).map(({ text }) => text);
  }

  it("that ends early leaves its commits, which the next process records, each event once", async () => {
    const logged: object[] = [];
    const log = { error: (details: object) => logged.push(details) };
    const end = new AbortController();
    // The process ends between an insert and the deletion of its rows in the outbox.
    const ending = {
      ...events,
      async insertRows(...insert: Parameters<EventDatabase["insertRows"]>) {
        await events.insertRows(...insert);
        end.abort(new Error("the process ends here"));
        throw new Error("the process ends here");
      },
    };
    const first = startRecorder({ database, events: ending, log });
    const until = new Date("2026-11-23T12:00:00Z");
    const options = { scope: defaultScope, messages: 100_000, days: 10, seed: 3, until };
    let committed = 0;
    const progress = ({ messages }: { messages: number }) => {
      committed = messages;
      first.wake();
    };
    const simulation = simulate({ outbox, recorder: first }, options, progress, end.signal);
    await expect(simulation).rejects.toThrow("the process ends here");
    await first.stop();
    expect(logged).not.toEqual([]);
    expect(committed).toBeLessThan(options.messages);

    const second = startRecorder({ database, events, log });
    await second.drained();
    await second.stop();
    const messages = [...simulateTraffic(options).take(committed)];
    const expected = messages.flat().map(({ id }) => id);
    expect(await texts("SELECT toString(id) AS text FROM events FINAL ORDER BY text")).toEqual(expected.sort());
    const states = "SELECT message_id AS text FROM message_states FINAL WHERE send_seen ORDER BY text";
    expect(await texts(states)).toEqual(messages.map(([sent]) => sent?.messageId).sort());
  });
});
