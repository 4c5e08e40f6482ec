/**
 * Gives requests precedence over publishing: both run on the main thread. While requests keep the thread busy,
 * publishing takes a twentieth of its time, so a burst of mail is accepted first and its events follow; otherwise it is not
 * slowed down.
 */
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

/** Runs background work that concerns a number of events. All works of a process share one pace. */
export type Pace = (events: number, work: () => Promise<void>) => Promise<void>;

/** The utilization from which the thread counts as busy: with 32 senders at full rate, profiles show up to a fifth idle. */
const busyFrom = 0.7;
/** The part of a busy thread's time that publishing takes. */
const share = 0.05;
/** The longest pause, in milliseconds: the estimated cost of a work may be wrong. */
const longestMs = 10_000;
/** How often a pause looks whether the thread is still busy, in milliseconds. */
const lookMs = 100;

export interface PaceOptions {
  /** A count that grows with each accepted message. */
  readonly accepted: () => number;
  /** Begins a measurement; the function that it returns tells the thread's utilization since, from 0 to 1. */
  readonly measure?: () => () => number;
  readonly now?: () => number;
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** The cost of an event is estimated by the fastest works: then the thread did little else. */
export function createPace({
  accepted,
  measure = measureUtilization,
  now = () => performance.now(),
  pause = delay,
}: PaceOptions): Pace {
  let msPerEvent = 0.1;
  let freeAt = 0;
  /** Begins to watch the thread; tells whether requests have kept it busy since. */
  const watch = () => {
    const before = accepted();
    const utilization = measure();
    return () => accepted() > before && utilization() >= busyFrom;
  };
  return async (events, work) => {
    await untilFree();
    const begun = now();
    const wasBusy = watch();
    await work();
    const ended = now();
    // Rises slowly, so that a time of load or of slow receivers does not count as the work's own cost.
    msPerEvent = Math.min((ended - begun) / Math.max(1, events), msPerEvent * 1.05);
    if (!wasBusy()) return;
    freeAt = Math.min(Math.max(freeAt, ended) + msPerEvent * events * (1 / share - 1), ended + longestMs);
  };

  /** Waits for the time that the works before leave to requests, or until no more come. */
  async function untilFree(): Promise<void> {
    for (let left = freeAt - now(); left > 0; left = freeAt - now()) {
      const wasBusy = watch();
      await pause(Math.min(left, lookMs));
      if (!wasBusy()) freeAt = Math.min(freeAt, now());
    }
  }
}

function measureUtilization(): () => number {
  const begun = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(begun).utilization;
}
