import { expect, it } from "vitest";
import { createPace } from "./pace.ts";

function simulate() {
  let time = 0;
  let accepted = 0;
  let utilization = 1;
  const pauses: number[] = [];
  const pace = createPace({
    accepted: () => accepted,
    utilization: () => utilization,
    now: () => time,
    pause: async (ms) => {
      pauses.push(ms);
      time += ms;
    },
  });
  return {
    pauses,
    idle: () => {
      utilization = 0.3;
    },
    work: (events: number, { takes, accepts }: { takes: number; accepts: number }) =>
      pace(events, async () => {
        time += takes;
        accepted += accepts;
      }),
  };
}

it("does not slow publishing down while no message is accepted", async () => {
  const { pauses, work } = simulate();
  await work(250, { takes: 20, accepts: 0 });
  expect(pauses).toEqual([]);
});

it("does not slow publishing down while the thread has time", async () => {
  const { pauses, work, idle } = simulate();
  idle();
  await work(250, { takes: 20, accepts: 5 });
  expect(pauses).toEqual([]);
});

it("takes a tenth of the time of a thread that is busy with requests", async () => {
  const { pauses, work } = simulate();
  // 0.08 ms per event: 20 ms of work are followed by 180 ms for requests.
  await work(250, { takes: 20, accepts: 50 });
  expect(pauses).toEqual([180]);
});

it("does not take the time of slow receivers for the cost of its work", async () => {
  const { pauses, work } = simulate();
  await work(250, { takes: 20, accepts: 50 });
  await work(250, { takes: 5_000, accepts: 50 });
  expect(pauses.at(-1)).toBeCloseTo(189, 5);
});

it("lets works that run at the same time share the tenth", async () => {
  const { pauses, work } = simulate();
  await work(1_000, { takes: 100, accepts: 50 });
  await Promise.all([work(100, { takes: 8, accepts: 1 }), work(100, { takes: 8, accepts: 1 })]);
  expect(pauses.length).toBe(3);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(1_000);
});
