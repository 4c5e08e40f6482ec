import { expect, it } from "vitest";
import { createPace } from "./pace.ts";

function simulate() {
  let time = 0;
  let accepted = 0;
  let busyUntil = Number.POSITIVE_INFINITY;
  const pace = createPace({
    accepted: () => accepted,
    measure: () => () => (time < busyUntil ? 1 : 0.3),
    now: () => time,
    pause: async (ms) => {
      time += ms;
      if (time < busyUntil) accepted++;
    },
  });
  return {
    calm: () => {
      busyUntil = 0;
    },
    calmAt: (at: number) => {
      busyUntil = at;
    },
    /** Resolves to how long the next work had to wait. */
    work: async (events: number, { takes, accepts }: { takes: number; accepts: number }) => {
      await pace(events, async () => {
        time += takes;
        accepted += accepts;
      });
      const ended = time;
      let waited = 0;
      await pace(0, async () => {
        waited = time - ended;
      });
      return waited;
    },
  };
}

it("does not slow publishing down while no message is accepted", async () => {
  expect(await simulate().work(250, { takes: 20, accepts: 0 })).toBe(0);
});

it("does not slow publishing down while the thread has time", async () => {
  const { work, calm } = simulate();
  calm();
  expect(await work(250, { takes: 20, accepts: 5 })).toBe(0);
});

it("takes a twentieth of the time of a thread that is busy with requests", async () => {
  // 0.08 ms per event: 20 ms of work are followed by 380 ms for requests.
  expect(await simulate().work(250, { takes: 20, accepts: 50 })).toBeCloseTo(380, 5);
});

it("does not take the time of slow receivers for the cost of its work", async () => {
  const { work } = simulate();
  expect(await work(250, { takes: 5_000, accepts: 50 })).toBeCloseTo(250 * 0.105 * 19, 5);
});

it("ends a pause when the burst of messages is over", async () => {
  const { work, calmAt } = simulate();
  calmAt(8_250);
  expect(await work(100_000, { takes: 8_000, accepts: 50 })).toBe(300);
});

it("pauses for a bounded time, whatever the estimated cost is", async () => {
  expect(await simulate().work(1_000_000, { takes: 80_000, accepts: 50 })).toBeCloseTo(10_000, 5);
});
