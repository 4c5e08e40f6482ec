import { expect, it } from "vitest";
import { createWakeablePause } from "./wakeable-pause.ts";

/** Longer than the test may take. */
const forever = 24 * 3_600_000;

it("does not begin a pause until what woke it was taken", async () => {
  const { take, pause, wake } = createWakeablePause();
  await pause(forever);
  expect(take()).toBe(true);
  expect(take()).toBe(false);
  wake();
  await pause(forever);
  expect(take()).toBe(true);
});

it("ends a pause that is under way", async () => {
  const { take, pause, wake } = createWakeablePause();
  take();
  const paused = pause(forever);
  wake();
  await paused;
  expect(take()).toBe(true);
});

it("ends a pause after its time", async () => {
  const { take, pause } = createWakeablePause();
  take();
  await pause(1);
  expect(take()).toBe(false);
});
