/**
 * Asserts that a reader of foreign bytes takes linear time: doubling an input may multiply its CPU time by 2.3. A
 * quadratic reader has 4.
 *
 * - Only the CPU time of the own thread counts, so other processes and other test workers don't matter.
 * - Each size is measured several times and the least time counts: compilation and cold caches only add to it. Runs with
 *   a garbage collection count only if there are no others: its cost depends on the rest of the heap.
 * - If the growth looks too large, larger sizes are measured, too, and the least growth counts: a quadratic reader
 *   grows too fast at every size.
 */
import { GCProfiler } from "node:v8";
import { expect } from "vitest";

/** How much the time may grow when the input doubles. */
const mostGrowth = 2.3;
/** In microseconds of CPU time: what can be measured. Not more, since a long run includes garbage collections. */
const measurable = 400;
/** In microseconds of CPU time, for each reader. */
const warming = 2000;
/** How often each size is measured: more often while the growth looks too large. */
const leastRounds = 4;
const mostRounds = 16;
/** How many first sizes are tried while the growth looks too large. */
const mostWindows = 5;
/** In microseconds: no more is measured when the runs of an input took so long, however their growth looks. */
const budget = 500_000;

export interface GrowthSizes {
  /** The first size. It is doubled until reading it takes measurable time. */
  readonly least?: number;
  /**
   * The largest first size. If nothing can be measured up to there, four times as much must still be fast. Texts of more
   * than 128 KB cost page faults, which vary widely.
   */
  readonly most?: number;
}

/**
 * Reads inputs of the sizes n, 2n and 4n, with n as large as needed to measure it.
 * @param make makes an input whose length is proportional to `size`. Its time doesn't count.
 * @param read the reader. Must not reject or throw: see `refusable`.
 */
export async function expectLinear<Given>(
  make: (size: number) => Given,
  read: (given: Given) => unknown,
  { least = 4096, most = 1 << 14 }: GrowthSizes = {},
): Promise<void> {
  await warmUp(make(least / 16), read);
  let size = least;
  let growth = Number.POSITIVE_INFINITY;
  const measured: string[] = [];
  for (let windows = 0, last = 0; windows < mostWindows && last < budget && growth > mostGrowth; size *= 2) {
    while (size < most && (await timeOf(make(size), read)).micros < measurable) size *= 2;
    const [first, second, third] = await timesOf([make(size), make(2 * size), make(4 * size)], read);
    if (first < measurable && size < most) continue;
    windows++;
    last = third * mostRounds;
    measured.push(`${size}: ${first}, ${second}, ${third}`);
    growth = Math.min(growth, growthOf(first, third));
  }
  expect(growth, `CPU time in µs at n, 2n and 4n: ${measured.join("; ")}`).toBeLessThanOrEqual(mostGrowth);
}

/** Reads a small input often, so that the whole reader is compiled: code that loops for long in one call may not be. */
async function warmUp<Given>(small: Given, read: (given: Given) => unknown): Promise<void> {
  const start = ownTime();
  for (let runs = 0; runs < 50 && ownTime() - start < warming; runs++) {
    for (let repeat = 0; repeat < 10; repeat++) await read(small);
  }
}

/** A reader whose refusal is a result, too. Other errors, such as a TypeError, are still thrown. */
export function refusable<Given>(
  read: (given: Given) => unknown,
  refusal: abstract new (...given: never[]) => Error,
): (given: Given) => Promise<unknown> {
  return async (given) => {
    try {
      return await read(given);
    } catch (error) {
      if (error instanceof refusal) return error;
      throw error;
    }
  };
}

/** The growth of one doubling, as the mean of two. Times that can't be measured count as the least that can. */
function growthOf(first: number, third: number): number {
  return Math.sqrt(Math.max(third, measurable) / Math.max(first, measurable));
}

/** The time of one run, in microseconds, and whether garbage was collected in it. */
interface Run {
  readonly micros: number;
  readonly collected: boolean;
}

/** The least time of each input, in microseconds. */
async function timesOf<Given>(
  inputs: readonly [Given, Given, Given],
  read: (given: Given) => unknown,
): Promise<[number, number, number]> {
  const runs: [Run[], Run[], Run[]] = [[], [], []];
  const least = (of: readonly Run[]) => {
    const clean = of.filter(({ collected }) => !collected);
    return Math.min(...(clean.length > 0 ? clean : of).map(({ micros }) => micros));
  };
  let spent = 0;
  for (let round = 0; round < mostRounds; round++) {
    if (round >= leastRounds && (spent > budget || growthOf(least(runs[0]), least(runs[2])) <= mostGrowth)) break;
    // In turn from either end: a run is faster behind a long one, in which the reader was compiled.
    for (const index of round % 2 === 0 ? ([2, 1, 0] as const) : ([0, 1, 2] as const)) {
      const run = await timeOf(inputs[index], read);
      spent += run.micros;
      runs[index].push(run);
    }
  }
  return [least(runs[0]), least(runs[1]), least(runs[2])];
}

async function timeOf<Given>(given: Given, read: (given: Given) => unknown): Promise<Run> {
  const collections = new GCProfiler();
  collections.start();
  const before = ownTime();
  await read(given);
  const micros = ownTime() - before;
  const { statistics } = collections.stop();
  return { micros, collected: statistics.length > 0 };
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** The CPU time of this thread, in microseconds. */
function ownTime(): number {
  // Linux updates a thread's time every few milliseconds and when the thread stops: a short wait makes it exact.
  Atomics.wait(nothing, 0, 0, 0.1);
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
