/** Prints `N passed, N failed` for a JSON report of Vitest: `npm run --silent test-summary -- FILE`. */
import { readFile } from "node:fs/promises";
import { array, type InferOutput, number, object, string, unknown } from "valibot";
import { parseJson } from "../src/common/parse-data.ts";

/** As much of Vitest's report as the line is made of. */
const testReport = object({
  numPassedTests: number(),
  numFailedTests: number(),
  numPendingTests: number(),
  testResults: array(object({ status: string(), assertionResults: array(unknown()) })),
});

export type TestReport = InferOutput<typeof testReport>;

/** The line. A test file that could not even be loaded has no tests to count, and counts as one failure. */
export function summaryOf(report: TestReport): string {
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  return `${report.numPassedTests} passed, ${report.numFailedTests + unloaded} failed${skipped}`;
}

if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) {
    console.error("usage: npm run --silent test-summary -- FILE");
    process.exit(2);
  }
  const text = await readFile(path, "utf8");
  if (text === "") {
    console.error("the tests did not run to their end: there is no report");
    process.exit(1);
  }
  console.log(summaryOf(parseJson(testReport, text, path)));
}
