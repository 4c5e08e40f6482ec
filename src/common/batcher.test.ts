import { expect, test } from "vitest";
import { createBatcher } from "./batcher.ts";

test("questions that are asked together share a batch, and those that are asked meanwhile the next", async () => {
  const batches: number[][] = [];
  const gate = Promise.withResolvers<void>();
  const ask = createBatcher(3, async (questions: readonly number[]) => {
    batches.push([...questions]);
    await gate.promise;
    return questions.map((question) => question * 10);
  });
  const first = [1, 2, 3, 4].map(ask);
  await expect.poll(() => batches.length).toBe(1);
  const later = [5, 6].map(ask);
  gate.resolve();
  expect(await Promise.all([...first, ...later])).toEqual([10, 20, 30, 40, 50, 60]);
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
});

test("a failure is that of its batch only", async () => {
  const ask = createBatcher(1, async ([question]: readonly number[]) => {
    if (question === 1) throw new Error("failed");
    return question === 2 ? [] : ["answer"];
  });
  const [one, two, three] = [1, 2, 3].map(ask);
  await expect(one).rejects.toThrow("failed");
  await expect(two).rejects.toThrow("no answer");
  expect(await three).toBe("answer");
});
