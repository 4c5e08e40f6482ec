import { describe, expect, it } from "vitest";
import { slowestOf, summaryOf } from "./run-report.ts";

const file = { file: "a.test.ts", milliseconds: 1_500, passed: 1, failed: 0, skipped: 0, broken: false };

describe("summaryOf", () => {
  it("tells how many tests passed and failed", () => {
    expect(
      summaryOf([
        { ...file, passed: 12 },
        { ...file, passed: 0, failed: 3, broken: true },
      ]),
    ).toBe("12 passed, 3 failed");
  });

  it("counts a file that could not be loaded as a failure, and names what was skipped", () => {
    expect(summaryOf([file, { ...file, passed: 0, skipped: 2, broken: true }])).toBe("1 passed, 1 failed, 2 skipped");
  });

  it("counts an error that no test caught as a failure", () => {
    expect(summaryOf([file], 2)).toBe("1 passed, 2 failed");
  });
});

describe("slowestOf", () => {
  it("tells the files that took longest, longest first", () => {
    const files = [1, 30, 12].map((seconds) => ({ ...file, file: `${seconds}.test.ts`, milliseconds: seconds * 1000 }));
    expect(slowestOf(files, 2)).toEqual(["   30.0 s  30.test.ts", "   12.0 s  12.test.ts"]);
  });
});
