/** What waits for each target, as the router knows it: counting takes longer the more waits, so it counts seldom. */
import { performance } from "node:perf_hooks";
import type { Queryable } from "../stores/postgres/database.ts";
import { selectBacklogs } from "../stores/postgres/publication-batches.ts";

/** How much waits. */
export interface Backlog {
  readonly events: number;
  readonly bytes: number;
}

export interface Backlogs {
  /** Counts again if it is time to. */
  refresh(): Promise<void>;
  /** What waited when it was counted, and was added since. */
  of(target: string): Backlog;
  add(target: string, added: Backlog): void;
}

/** In milliseconds. */
const leastPauseMs = 1_000;
/** Counting takes at most one part in so many of the time. */
const parts = 50;

export function createBacklogs(database: Queryable, now: () => number = () => performance.now()): Backlogs {
  let waiting = new Map<string, Backlog>();
  let nextAt = Number.NEGATIVE_INFINITY;
  const of = (target: string) => waiting.get(target) ?? { events: 0, bytes: 0 };

  return {
    async refresh() {
      const begun = now();
      if (begun < nextAt) return;
      waiting = new Map((await selectBacklogs(database)).map((backlog) => [backlog.target, backlog]));
      const ended = now();
      nextAt = ended + Math.max(leastPauseMs, (ended - begun) * parts);
    },
    of,
    add(target, { events, bytes }) {
      const before = of(target);
      waiting.set(target, { events: before.events + events, bytes: before.bytes + bytes });
    },
  };
}
