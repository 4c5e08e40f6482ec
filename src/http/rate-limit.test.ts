import { describe, expect, it } from "vitest";
import { refusalOf } from "../../test/support/operation-call.ts";
import { operations } from "../contract/operations.ts";
import type { OperationName } from "../contract/types.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";

const begin = Date.parse("2026-11-23T12:00:00Z");
let now = begin;

function limiter(): RateLimiter {
  now = begin;
  return createRateLimiter(() => new Date(now));
}

/** How many of so many calls pass. */
function passing(count: number, call: () => void): number {
  let passed = 0;
  for (let at = 0; at < count; at++) {
    try {
      call();
      passed++;
    } catch (error) {
      if (!(error instanceof Error && error.name === "TooManyRequestsException")) throw error;
    }
  }
  return passed;
}

describe("a rate limiter", () => {
  it("tells so in SES's words", async () => {
    const limits = limiter();
    const call = async () => {
      for (let at = 0; at < 100; at++) limits.call("GetAccount");
    };
    expect(await refusalOf(call())).toEqual(["TooManyRequestsException", "Rate exceeded"]);
  });

  it.each<[OperationName, number, number]>([
    ["CreateExportJob", 5, 1],
    ["GetMessageInsights", 5, 1],
    ["ListExportJobs", 5, 1],
    ["BatchGetMetricData", 16, 16],
  ])("takes %s %i times at once and then %i times a second", (operation, burst, perSecond) => {
    const limits = limiter();
    const calls = () => passing(100, () => limits.call(operation));
    expect(calls()).toBe(burst);
    for (let second = 0; second < 3; second++) {
      now += 1_000;
      expect(calls()).toBe(perSecond);
    }
    now += 3_600_000;
    expect(calls()).toBe(burst);
  });

  it("limits every operation but sending", () => {
    const limits = limiter();
    const unlimited = operations.filter(({ name }) => passing(100, () => limits.call(name)) === 100);
    expect(unlimited.map(({ name }) => name).sort()).toEqual(["SendBulkEmail", "SendEmail"]);
  });

  it("counts each operation by itself", () => {
    const limits = limiter();
    passing(100, () => limits.call("GetExportJob"));
    expect(passing(1, () => limits.call("CancelExportJob"))).toBe(1);
  });

  it("adds up milliseconds without loss", () => {
    const limits = limiter();
    passing(100, () => limits.call("GetAccount"));
    let passed = 0;
    for (let millisecond = 0; millisecond < 10_000; millisecond++) {
      now += 1;
      passed += passing(1, () => limits.call("GetAccount"));
    }
    expect(passed).toBe(10);
  });

  it("bears a clock that steps back", () => {
    const limits = limiter();
    passing(100, () => limits.call("GetAccount"));
    now -= 3_600_000;
    expect(passing(1, () => limits.call("GetAccount"))).toBe(0);
    now += 1_000;
    expect(passing(2, () => limits.call("GetAccount"))).toBe(1);
  });

  it("takes 160 queries a second, those of a call together, and lets what is too large be refused for that", () => {
    const limits = limiter();
    expect(passing(20, () => limits.queries(9))).toBe(17);
    expect(passing(1, () => limits.queries(7))).toBe(1);
    expect(passing(1, () => limits.queries(1))).toBe(0);
    expect(passing(1, () => limits.queries(0))).toBe(1);
    now += 500;
    expect(passing(20, () => limits.queries(10))).toBe(8);
    now += 1_000;
    expect(passing(2, () => limits.queries(1_000))).toBe(1);
  });
});
