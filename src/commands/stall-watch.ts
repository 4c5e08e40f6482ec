/** The worker thread of `end-on-stall.ts`. */
import { rmSync, write } from "node:fs";
import { workerData } from "node:worker_threads";

/** What to watch, and what to write before the process is killed. */
export interface WatchOrder {
  /** The main thread increments the first element at least once per look. */
  readonly beats: Int32Array;
  readonly everyMs: number;
  /** How many looks in a row may find no beat. */
  readonly looks: number;
  readonly pid: number;
  readonly errorLine: string;
  /** A folder to remove, if any. */
  readonly remove: string | undefined;
  /** A line of the log without its time; undefined if the log is silent. */
  readonly logLine: object | undefined;
}

/** Writing takes at most this long: whoever reads the output may be what stands still. */
const writeWithinMs = 1_000;

const order: WatchOrder = workerData;
const { beats } = order;
let last = Atomics.load(beats, 0);
let still = 0;
while (still < order.looks) {
  // Nobody notifies: this only sleeps. Looks are counted instead of the time, since the clock may advance while the
  // whole process is suspended (SIGSTOP, a laptop that sleeps): that is one look.
  Atomics.wait(beats, 1, 0, order.everyMs);
  const beat = Atomics.load(beats, 0);
  still = beat === last ? still + 1 : 0;
  last = beat;
}

const kill = () => {
  try {
    if (order.remove !== undefined) rmSync(order.remove, { recursive: true, force: true, maxRetries: 5 });
  } finally {
    process.kill(order.pid, "SIGKILL");
  }
};
setTimeout(kill, writeWithinMs);
const lines: [number, string][] = [[2, order.errorLine]];
if (order.logLine) lines.push([1, `${JSON.stringify({ time: Date.now(), ...order.logLine })}\n`]);
let writing = lines.length;
for (const [file, line] of lines) {
  write(file, line, () => {
    if (--writing === 0) kill();
  });
}
