import { describe, expect, it } from "vitest";
import type { MailEvent } from "../events/event.ts";
import type { Outbox } from "../events/outbox.ts";
import { defaultScope } from "../stores/postgres/database.ts";
import { type SimulationProgress, simulate } from "./simulate.ts";
import { simulateTraffic } from "./traffic.ts";

const until = new Date("2026-11-23T12:00:00Z");
const { signal } = new AbortController();
const recorder = { wake: () => {}, drained: async () => {}, stop: async () => {} };

/** An outbox that keeps what it is given; `record` may fail instead. */
function keeping(record: (commit: number) => Promise<void> = async () => {}) {
  const events: MailEvent[] = [];
  let commits = 0;
  let underWay = 0;
  const outbox: Outbox = {
    submit: async () => {},
    settle: async () => {},
    async record(given) {
      underWay++;
      await record(++commits).finally(() => underWay--);
      events.push(...given);
    },
    idle: async () => {},
  };
  return { outbox, events, underWay: () => underWay, commits: () => commits };
}

describe("simulate", () => {
  it.each([1, 2_500, 20_000])("commits each event of %d messages once, in order, and counts them", async (messages) => {
    const options = { scope: defaultScope, messages, days: 10, seed: 3, until };
    const { outbox, events } = keeping();
    const told: SimulationProgress[] = [];
    const done = await simulate({ outbox, recorder }, options, (progress) => told.push({ ...progress }), signal);
    const expected = [...simulateTraffic(options)].flat();
    expect(events).toEqual(expected);
    expect(done).toEqual({ messages, events: expected.length });
    expect(told.at(-1)).toEqual(done);
    const counts = told.map((progress) => progress.messages);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  it.each([1, 2, 3, 5])("ends with the failure of commit %d, when nothing is under way", async (failing) => {
    const kept = keeping((commit) => (commit >= failing ? Promise.reject(new Error("full")) : Promise.resolve()));
    const options = { scope: defaultScope, messages: 20_000, days: 10, seed: 3, until };
    await expect(simulate({ outbox: kept.outbox, recorder }, options, () => {}, signal)).rejects.toThrow("full");
    expect(kept.underWay()).toBe(0);
    // The one beside it may have begun.
    expect(kept.commits()).toBeLessThanOrEqual(failing + 1);
  });

  it("stops where its signal aborts, and keeps what is committed", async () => {
    const stop = new AbortController();
    const kept = keeping(async (commit) => {
      if (commit === 3) stop.abort(new Error("enough"));
    });
    const options = { scope: defaultScope, messages: 1_000_000, days: 10, seed: 3, until };
    const told: SimulationProgress[] = [];
    const running = simulate({ outbox: kept.outbox, recorder }, options, (done) => told.push({ ...done }), stop.signal);
    await expect(running).rejects.toThrow("enough");
    expect(kept.underWay()).toBe(0);
    expect(kept.commits()).toBeLessThanOrEqual(4);
    expect(told.at(-1)?.events).toBe(kept.events.length);
  });
});
