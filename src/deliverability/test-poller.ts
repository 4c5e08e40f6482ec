/** Looks for the mail of inbox placement tests in the background, in one process at a time. */
import { randomUUID } from "node:crypto";
import { createBackoff } from "../common/backoff.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import { withLease } from "../stores/postgres/leases.ts";
import { type PollServices, pollTests, type RestingSeeds } from "./poll-tests.ts";

export interface TestPoller {
  /** Looks soon: a test was created. */
  wake(): void;
  /** Ends the round in progress. */
  stop(): Promise<void>;
}

const lease = { name: "deliverability-tests", seconds: 60 };
/** How often it looks while tests are in progress, in milliseconds: often at first, then less. */
const pauses = { firstMs: 5_000, longestMs: 120_000 };
/** How often it asks for tests that other processes created. */
const idleMs = 60_000;

export function startTestPoller(
  services: PollServices & {
    /** Reports deliberate moves of `clock`. */
    clockMoves: ClockMoves;
  },
): TestPoller {
  const { database, log, clockMoves } = services;
  const holder = randomUUID();
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const resting: RestingSeeds = new Map();
  clockMoves.onMove(wake);
  const running = run();
  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    while (!stopping.signal.aborted) {
      if (take()) backoff.reset();
      let isOpen = false;
      try {
        await withLease(database, { ...lease, holder }, async (lost) => {
          isOpen = await pollTests(services, resting, AbortSignal.any([lost, stopping.signal]));
        });
      } catch (error) {
        isOpen = true;
        if (!stopping.signal.aborted) log.error({ err: error }, "polling seed mailboxes failed; it is retried");
      }
      if (!isOpen) backoff.reset();
      await pause(isOpen ? backoff.next() : idleMs);
    }
  }
}
