import { afterEach, describe, expect, it } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import type { EventDatabase } from "./event-database.ts";
import { selectMessageEvents } from "./events.ts";
import { openWhenNeeded } from "./open-when-needed.ts";
import { countMessagesOfScopes, deleteEventsOfScopes } from "./scope-events.ts";

describe.each(eventDatabases)("an event database ($kind) that is opened when it is needed", ({ open }) => {
  const opened: EventDatabase[] = [];
  afterEach(() => opened.splice(0));

  const create = () =>
    openWhenNeeded(async () => {
      const events = await open();
      opened.push(events);
      return events;
    });

  it("is not opened for what an empty one answers, nor closed", async () => {
    const events = create();
    expect(await selectMessageEvents(events, "some")).toEqual([]);
    expect(await countMessagesOfScopes(events, [1])).toBe(0);
    await deleteEventsOfScopes(events, [1]);
    expect(events.isUnused()).toBe(true);
    await events.close();
    expect(opened).toEqual([]);
    await expect(events.openSession()).rejects.toThrow("the event database is closed");
  });

  it("is tried again by the next who needs it if it can't be opened", async () => {
    let tries = 0;
    const events = openWhenNeeded(() => (++tries === 1 ? Promise.reject(new Error("the disk is full")) : open()));
    const insert = () => events.insertRows("events", []);
    const failed = insert();
    const closable = events.openSession().catch((error: unknown) => error);
    await expect(failed).rejects.toThrow("the disk is full");
    expect(await closable).toMatchObject({ message: "the disk is full" });
    expect(events.isUnused()).toBe(true);
    await insert();
    expect([tries, events.isUnused()]).toEqual([2, false]);
    await events.close();
  });

  it("is opened once for those who need it at the same time, and then is as any other", async () => {
    const events = create();
    const one = () => events.client.query({ query: "SELECT 1 AS one", format: "JSONEachRow" });
    const answers = await Promise.all([one(), one(), events.openSession().then((session) => session.close())]);
    expect(await answers[0].json()).toEqual([{ one: 1 }]);
    expect(events.isUnused()).toBe(false);
    expect(opened).toHaveLength(1);
    await events.close();
  });
});
