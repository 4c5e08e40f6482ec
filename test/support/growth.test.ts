/** The measure itself: it accepts linear readers and finds quadratic ones, also behind a lot of linear work. */
import { expect, it } from "vitest";
import { expectLinear, refusable } from "./growth.ts";

const text = (size: number) => "x".repeat(size);

function countPairs(given: string): number {
  let pairs = 0;
  for (let one = 0; one < given.length; one++) {
    for (let other = one; other < given.length; other++) if (given[one] === given[other]) pairs++;
  }
  return pairs;
}

it("accepts a linear reader, and one that stops at a bound", async () => {
  await expectLinear(text, (given) => given.replace(/x/g, "yz"));
  await expectLinear(text, (given) => countPairs(given.slice(0, 500)));
});

it("finds a quadratic reader", async () => {
  await expect(expectLinear(text, countPairs, { least: 128 })).rejects.toThrow("CPU time");
  const searches = (given: string) => {
    let found = 0;
    for (let from = 0; from < given.length; from++) found += given.indexOf("y", from);
    return found;
  };
  await expect(expectLinear(text, searches, { least: 1 << 14 })).rejects.toThrow("CPU time");
});

it("takes only the named errors for results", async () => {
  class Refusal extends Error {}
  const refuse = refusable(() => {
    throw new Refusal();
  }, Refusal);
  await expect(refuse(0)).resolves.toBeInstanceOf(Refusal);
  await expect(
    refusable(() => {
      throw new TypeError("a defect");
    }, Refusal)(0),
  ).rejects.toThrow("a defect");
});
