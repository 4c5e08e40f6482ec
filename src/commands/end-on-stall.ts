/**
 * Ends the process when its event loop stands still: it can't answer, deliver or react to SIGTERM, and only a restart
 * helps. A worker thread watches, since nothing on the main thread would notice.
 */
import { hostname } from "node:os";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Logger } from "pino";
import type { WatchOrder } from "./stall-watch.ts";

/** The worker looks this often within the limit, so that one long pause of the whole process never counts as a stall. */
const looks = 10;
const longestLookMs = 1_000;

export interface StallLimit {
  /** How long the event loop may stand still; 0: nothing watches. */
  readonly seconds: number;
  /** The name of the setting with the limit, for the message. */
  readonly setting: string;
  /** A folder to remove before the process is killed. */
  readonly remove?: string | undefined;
}

/**
 * Watches from now on. After `seconds` without a turn of the event loop, the worker writes a fatal line to the log
 * (standard output) and a line for people to standard error, and kills the process with SIGKILL.
 */
export function endOnStall(log: Logger, { seconds, setting, remove }: StallLimit): void {
  if (seconds === 0) return;
  const everyMs = Math.min(longestLookMs, (seconds * 1000) / looks);
  const beats = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const kept = remove === undefined ? "What it had acknowledged is kept: start it again" : "Start it again";
  const message = `its main thread stood still for ${seconds} s. ${kept}. If it was busy with legitimate work, raise ${setting}`;
  const fatal = { level: 60, pid: process.pid, hostname: hostname(), msg: `the process ends: ${message}` };
  const order: WatchOrder = {
    beats,
    everyMs,
    looks: Math.ceil((seconds * 1000) / everyMs),
    pid: process.pid,
    errorLine: `mailglass: it ended because ${message}.\n`,
    remove,
    logLine: log.isLevelEnabled("fatal") ? fatal : undefined,
  };
  // Compiled, the worker is JavaScript.
  const file = new URL(`./stall-watch${extname(import.meta.filename)}`, import.meta.url);
  const worker = new Worker(file, { workerData: order, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 16 } });
  worker.unref();
  worker.on("error", (error) => log.warn({ err: error }, "nothing watches for a stall of the main thread"));
  setInterval(() => Atomics.add(beats, 0, 1), everyMs).unref();
}
