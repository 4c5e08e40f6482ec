/**
 * Stands in for a ClickHouse server in tests. Not a ClickHouse server: the real engine (chDB, in a process of its own,
 * as one process holds one chDB folder), behind an imitation of the HTTP interface that does what `@clickhouse/client`
 * needs. See clickhouse-http-process.ts for what is imitated.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A running stand-in, empty at its start. */
export interface ClickHouseStandIn {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly pid: number;
  /** Ends the process and removes its data. */
  stop(): Promise<void>;
}

/** Starts one. Unless a password is given, it takes any credentials. */
export async function startClickHouse(options: { password?: string } = {}): Promise<ClickHouseStandIn> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-clickhouse-"));
  const child = fork(fileURLToPath(new URL("./clickhouse-http-process.ts", import.meta.url)), [folder], {
    // A query under way holds a thread of libuv's pool.
    env: { ...process.env, UV_THREADPOOL_SIZE: "16", CLICKHOUSE_PASSWORD: options.password ?? "" },
    execArgv: [],
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message) => resolve(Number(message)));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the ClickHouse stand-in ended with ${code}`)));
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}
