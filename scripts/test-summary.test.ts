import { describe, expect, it } from "vitest";
import { summaryOf } from "./test-summary.ts";

const loaded = { status: "passed", assertionResults: [{}] };

describe("summaryOf", () => {
  it("tells how many tests passed and failed", () => {
    const report = { numPassedTests: 12, numFailedTests: 3, numPendingTests: 0, testResults: [loaded] };
    expect(summaryOf(report)).toBe("12 passed, 3 failed");
  });

  it("counts a file that could not be loaded as a failure, and names what was skipped", () => {
    const testResults = [loaded, { status: "failed", assertionResults: [] }];
    const report = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 2, testResults };
    expect(summaryOf(report)).toBe("1 passed, 1 failed, 2 skipped");
  });
});
