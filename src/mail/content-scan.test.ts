import { expect, test } from "vitest";
import { hasTestVirus } from "./content-scan.ts";

const virus = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");

test("no virus in nothing, in other text, or in a piece of it", () => {
  expect(hasTestVirus([])).toBe(false);
  expect(hasTestVirus(["", Buffer.alloc(0), "EICAR", virus.slice(1), Buffer.from(virus.slice(0, -1))])).toBe(false);
  expect(hasTestVirus([virus.slice(0, 30), virus.slice(30)])).toBe(false);
});

test("found in a text or in bytes, at any place of any part", () => {
  expect(hasTestVirus(["clean", `a${virus}b`])).toBe(true);
  const whole = new TextEncoder().encode(`before ${virus} after`);
  expect(hasTestVirus([whole])).toBe(true);
  expect(hasTestVirus([whole.subarray(7, -6)])).toBe(true);
  expect(hasTestVirus([whole.subarray(8)])).toBe(false);
});
