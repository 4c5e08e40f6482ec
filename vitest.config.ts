import { defineConfig, type UserProjectConfigExport } from "vitest/config";
import { RunReport } from "./scripts/run-report.ts";
import { waitLimitMs } from "./test/support/wait-limit.ts";

type ProjectOptions = Exclude<
  UserProjectConfigExport,
  Promise<unknown> | ((...parameters: never[]) => unknown)
>["test"];

const common: ProjectOptions = {
  // A limit is there to end a test that cannot pass: it leaves room for a busy machine. While three files run
  // at a time, a test that is not given a limit of its own takes 40 s at most.
  testTimeout: 180_000,
  hookTimeout: 240_000,
  expect: { poll: { timeout: waitLimitMs, interval: 20 } },
  isolate: false,
  setupFiles: ["test/support/file-cost.setup.ts", "test/support/property-seed.setup.ts"],
};

/** Tests that open stores. A process can open one chDB folder only, so they run in processes, not in threads. */
const withStores: ProjectOptions = {
  ...common,
  pool: "forks",
  // A worker keeps its modules and its stores from file to file; this holds the files apart.
  setupFiles: [
    "test/support/file-cost.setup.ts",
    "test/support/property-seed.setup.ts",
    "test/support/after-file.setup.ts",
  ],
};

/** Tests that open chDB folders of their own. */
const ownProcess = ["src/stores/clickhouse/embedded*.stores.test.ts", "test/crash.test.ts"];

export default defineConfig({
  test: {
    // Here and not in the projects, so that it runs once.
    globalSetup: ["test/support/engines.setup.ts"],
    maxWorkers: 2,
    reporters: ["default", new RunReport()],
    // One after the other (groupOrder): a worker serves one project only.
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["{src,scripts,bench,web}/**/*.test.ts"],
          exclude: ["**/*.stores.test.ts"],
          pool: "threads",
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...withStores,
          name: "stores",
          include: ["src/**/*.stores.test.ts"],
          exclude: ownProcess,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { ...withStores, name: "own-process", include: ownProcess, isolate: true, sequence: { groupOrder: 1 } } },
      {
        test: {
          ...withStores,
          name: "e2e",
          include: ["test/**/*.test.ts"],
          exclude: ownProcess,
          // A test that waits for processes and clients leaves a core idle a third of its time.
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
