/** Looks for the mail of inbox placement tests in the background, in one process at a time. */
import { createBackoff } from "../common/backoff.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { type LeasedLoop, startLeasedLoop } from "../stores/postgres/leased-loop.ts";
import { type PollServices, pollTests, type RestingSeeds } from "./poll-tests.ts";

const lease = { name: "deliverability-tests", seconds: 60 };
/** How often it looks while tests are in progress, in milliseconds: often at first, then less. */
const pauses = { firstMs: 5_000, longestMs: 120_000 };
/** How often it asks for tests that other processes created, in milliseconds. */
const idleMs = 60_000;

/** `wake` looks soon, because a test was created. */
export function startTestPoller(
  services: PollServices & {
    /** The system clock, whose accidental changes are detected. */
    machineClock: () => Date;
    /** Reports deliberate moves of `clock`. */
    clockMoves: ClockMoves;
  },
): LeasedLoop {
  const { database, machineClock, clockMoves, log } = services;
  const resting: RestingSeeds = new Map();
  const backoff = createBackoff(pauses);
  let isOpen = false;
  return startLeasedLoop({
    ...{ database, lease, machineClock, clockMoves },
    everyMs: () => (isOpen ? backoff.next() : idleMs),
    rest: { ms: 500, factor: 1 },
    insists: false,
    async round(woken, stopping) {
      if (woken || !isOpen) backoff.reset();
      isOpen = await pollTests(services, resting, stopping);
    },
    failed(err) {
      isOpen = true;
      log.error({ err }, "polling seed mailboxes failed; it is tried again");
    },
  });
}
