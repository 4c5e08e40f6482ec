import { describe, expect, it } from "vitest";
import { processorTimes, slowestOf, summaryOf } from "./run-report.ts";

const file = {
  file: "a.test.ts",
  milliseconds: 1_500,
  processorMs: 500,
  passed: 1,
  failed: 0,
  skipped: 0,
  broken: false,
};

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
    expect(slowestOf(files, 2)).toEqual(["   30.0 s      0.5 s  30.test.ts", "   12.0 s      0.5 s  12.test.ts"]);
  });
});

describe("processorTimes", () => {
  it("adds up the files of each folder, most first", () => {
    const files = ["src/a/1.test.ts", "src/b/1.test.ts", "src/b/2.test.ts"].map((path) => ({ ...file, file: path }));
    expect(processorTimes(files)).toEqual(["    1.0 s  src/b", "    0.5 s  src/a"]);
  });
});
