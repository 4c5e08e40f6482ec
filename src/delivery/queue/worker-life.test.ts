import { expect, it } from "vitest";
import { createSilenceWatch } from "./worker-life.ts";

const worker = (id: string, renewal: string) => ({ id, renewal });

it("finds who has not renewed for the time, measured from when this process saw the renewal first", () => {
  let now = 1_000;
  const watch = createSilenceWatch(20_000, () => now);
  const seen = (...workers: [string, string][]) =>
    watch.among(workers.map(([id, renewal]) => worker(id, renewal))).map(({ id }) => id);
  expect(seen(["a", "1"], ["b", "1"])).toEqual([]);
  now += 19_999;
  expect(seen(["a", "1"], ["b", "2"])).toEqual([]);
  now += 1;
  expect(seen(["a", "1"], ["b", "2"])).toEqual(["a"]);
  now += 19_998;
  expect(seen(["b", "2"])).toEqual([]);
  now += 1;
  expect(seen(["b", "2"], ["a", "1"])).toEqual(["b"]);
});

it("is not misled by renewals that a clock which was set gives a time far away", () => {
  let now = 0;
  const watch = createSilenceWatch(20_000, () => now);
  for (const renewal of ["2026-11-24", "2037-01-01", "2001-01-01", "2037-01-01"]) {
    expect(watch.among([worker("a", renewal)])).toEqual([]);
    now += 15_000;
  }
});
