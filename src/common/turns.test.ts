import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

/** Work that ends when the test says so. */
function work() {
  const { promise, resolve } = Promise.withResolvers<string>();
  const state = {
    begun: false,
    end: resolve,
    run: () => {
      state.begun = true;
      return promise;
    },
  };
  return state;
}

const tooMany = () => new Error("too many");

test("runs so much at once, the rest in order, and refuses what exceeds the queue", async () => {
  const turns = createTurns({ atOnce: 2, mostWaiting: 1, tooMany });
  const works = [work(), work(), work(), work()] as const;
  const results = works.map(({ run }) => turns.run(run));
  await expect(results[3]).rejects.toThrow("too many");
  expect(works.map(({ begun }) => begun)).toEqual([true, true, false, false]);
  works[1].end("second");
  expect(await results[1]).toBe("second");
  await expect.poll(() => works[2].begun).toBe(true);
  works[2].end("third");
  works[0].end("first");
  expect(await Promise.all(results.slice(0, 3))).toEqual(["first", "second", "third"]);
});

test("work that fails gives its turn to the next", async () => {
  const turns = createTurns({ atOnce: 1, mostWaiting: 1, tooMany });
  const failing = turns.run(() => Promise.reject(new Error("failed")));
  const next = turns.run(async () => "next");
  await expect(failing).rejects.toThrow("failed");
  expect(await next).toBe("next");
});

test("work whose signal is aborted leaves the queue", async () => {
  const turns = createTurns({ atOnce: 1, mostWaiting: 1, tooMany });
  const running = work();
  const first = turns.run(running.run);
  const aborted = work();
  const controller = new AbortController();
  const second = turns.run(aborted.run, controller.signal);
  controller.abort(new Error("left"));
  await expect(second).rejects.toThrow("left");
  const third = turns.run(async () => "third");
  running.end("first");
  expect(await Promise.all([first, third])).toEqual(["first", "third"]);
  expect(aborted.begun).toBe(false);
});
