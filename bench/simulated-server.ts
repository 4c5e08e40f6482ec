/** A server whose stores contain simulated traffic. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ServerProcess, startServer } from "../test/support/server-process.ts";

const project = join(import.meta.dirname, "..");

/** Fills the stores of a stopped server. */
export async function simulateInto(dataDir: string, messages: number, days: number, seed: number): Promise<void> {
  const options = ["--messages", String(messages), "--days", String(days), "--seed", String(seed)];
  await promisify(execFile)(process.execPath, [join(project, "src/main.ts"), "simulate", ...options], {
    // An unused port, so that the command doesn't connect to a server that happens to run.
    env: { ...process.env, MAILGLASS_DATA_DIR: dataDir, MAILGLASS_PORT: "1" },
  });
}

/** Starts a server on filled stores, without a limit on exported rows. */
export function startUncapped(dataDir: string): Promise<ServerProcess> {
  return startServer({ dataDir, environment: { MAILGLASS_EXPORT_MAX_ROWS: "0", MAILGLASS_LOG_LEVEL: "warn" } });
}

/** Peak memory of a process, in MB. Linux only. */
export async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
