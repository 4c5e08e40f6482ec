import { expect, test } from "vitest";
import { createPerScope } from "./per-scope.ts";

const scope = (id: number) => ({ id, accountId: "000000000000", region: "us-east-1" });
const minuteMs = 60_000;

test("services of a scope are made once, also if they are undefined", () => {
  const perScope = createPerScope(() => new Date(0));
  const made: number[] = [];
  const nothingOf = perScope(({ id }) => {
    made.push(id);
  });
  const namesOf = perScope(({ id }) => ({ name: `scope ${id}` }));
  for (const id of [1, 2, 1, 2]) nothingOf(scope(id));
  expect(made).toEqual([1, 2]);
  expect(namesOf(scope(1))).toBe(namesOf(scope(1)));
});

test("beyond the limit, what was not used for ten minutes is forgotten, by all lookups together", () => {
  let now = 0;
  const perScope = createPerScope(() => new Date(now), 2);
  const settingsOf = perScope(() => ({}));
  const handlersOf = perScope((one) => ({ settings: settingsOf(one) }));
  const first = settingsOf(scope(1));
  const idle = handlersOf(scope(2));
  now = 9 * minuteMs;
  expect(settingsOf(scope(1))).toBe(first);
  // There are too many, but nothing has been idle for long.
  handlersOf(scope(3));
  expect(handlersOf(scope(2))).toBe(idle);
  now = 19 * minuteMs;
  settingsOf(scope(1));
  handlersOf(scope(4));
  expect(settingsOf(scope(1))).toBe(first);
  const again = handlersOf(scope(2));
  expect(again).not.toBe(idle);
  expect(again.settings).toBe(settingsOf(scope(2)));
});
