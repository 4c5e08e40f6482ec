/** Vitest's reporter for the end of a run: the ten slowest files, the processor time, then `N passed, N failed`. */
import { dirname } from "node:path";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** As much of a test file's result as the report is made of. */
export interface FileResult {
  /** Relative to the project's folder. */
  readonly file: string;
  /** How long loading it and running its hooks and tests took. */
  readonly milliseconds: number;
  /** Its processor time, with that of the processes it started. */
  readonly processorMs: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Whether something outside of its tests failed: loading it, a hook. */
  readonly broken: boolean;
}

/**
 * The last line. A file with a failure that is no test's counts as one failed test, so does each of `errors`: errors that
 * nobody caught.
 */
export function summaryOf(files: readonly FileResult[], errors = 0): string {
  const sum = (count: (file: FileResult) => number) => files.reduce((total, file) => total + count(file), 0);
  const failed = sum(({ failed, broken }) => (broken && failed === 0 ? 1 : failed)) + errors;
  const skipped = sum((file) => file.skipped);
  return `${sum((file) => file.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** The files that took longest, a line each: how long they took, and their processor time. */
export function slowestOf(files: readonly FileResult[], most = 10): string[] {
  return files
    .toSorted((one, other) => other.milliseconds - one.milliseconds)
    .slice(0, most)
    .map(({ file, milliseconds, processorMs }) => `${seconds(milliseconds)}  ${seconds(processorMs)}  ${file}`);
}

/** A line for each folder with its processor time, most first: where the time of a run goes. */
export function processorTimes(files: readonly FileResult[], most = 10): string[] {
  const byFolder = new Map<string, number>();
  for (const { file, processorMs } of files) {
    const folder = dirname(file);
    byFolder.set(folder, (byFolder.get(folder) ?? 0) + processorMs);
  }
  return [...byFolder]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([folder, processorMs]) => `${seconds(processorMs)}  ${folder}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1).padStart(7)} s`;
}

/** For `reporters` in vitest.config.ts. */
export class RunReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const files = modules.map(resultOf);
    if (files.length > 10) {
      console.log(["\nThe slowest files, with their processor time:", ...slowestOf(files)].join("\n"));
      const total = files.reduce((sum, { processorMs }) => sum + processorMs, 0);
      const heading = `\nProcessor time: ${(total / 1000).toFixed(0)} s. The folders with most of it:`;
      console.log([heading, ...processorTimes(files)].join("\n"));
    }
    console.log(`\n${summaryOf(files, errors.length)}`);
  }
}

function resultOf(module: TestModule): FileResult {
  const tests = [...module.children.allTests()];
  const count = (state: string) => tests.filter((test) => test.result().state === state).length;
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return {
    file: module.relativeModuleId,
    milliseconds: collectDuration + setupDuration + duration,
    processorMs: module.meta().processorMs ?? 0,
    passed: count("passed"),
    failed: count("failed"),
    skipped: count("skipped"),
    broken: module.state() === "failed",
  };
}
