/** Vitest's setup of each test file: measures its processor time for the report at the end of the run. */
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { afterAll } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** The processor time of a file in milliseconds, with that of the processes it started and waited for. */
    processorMs?: number;
  }
}

const before = processorMs();

// Registered before the file's own hooks, so it runs after them.
// biome-ignore lint/correctness/noEmptyPattern: Vitest refuses a first argument that is not destructured.
afterAll(({}, file) => {
  file.meta.processorMs = processorMs() - before;
});

/** The processor time so far: of this thread, or of this process and its ended children. */
function processorMs(): number {
  const { user, system } = isMainThread ? process.cpuUsage() : process.threadCpuUsage();
  return (user + system) / 1000 + (isMainThread ? childrenMs() : 0);
}

/** Node tells nothing about ended children; Linux counts them in the clock ticks of proc_pid_stat(5), 100 a second. */
function childrenMs(): number {
  if (process.platform !== "linux") return 0;
  // The second field, the name of the program, may contain spaces.
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ").at(-1)?.split(" ") ?? [];
  const [user = 0, system = 0] = fields.slice(13, 15).map(Number);
  return (user + system) * 10;
}
