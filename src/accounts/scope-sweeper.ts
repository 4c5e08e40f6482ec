/** Deletes what belongs to retired scopes, in the background: rows, then events. */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../common/backoff.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import type { Recorder } from "../events/recorder.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { deleteEventsOfScopes } from "../stores/clickhouse/scope-events.ts";
import type { Database } from "../stores/postgres/database.ts";
import { deleteOutboxOfScopes } from "../stores/postgres/outbox.ts";
import { emptyScopes, markEmptied, selectScopesToEmpty } from "../stores/postgres/retired-scopes.ts";

export interface ScopeSweeper {
  /** Signals that scopes were retired. */
  wake(): void;
  /** Ends the sweep in progress. */
  stop(): Promise<void>;
}

export interface ScopeSweeperServices {
  database: Database;
  events: EventDatabase;
  recorder: Pick<Recorder, "drained">;
  log: { error(details: object, message: string): void };
}

/**
 * How long to gather retired scopes, in milliseconds: a suite resets before each of its tests, and deleting events costs
 * the event database as much for one scope as for a hundred.
 */
const gatherMs = 5_000;
/** After this time nothing is still in progress that began before a scope was retired. */
const settledMs = 60_000;
const pauses = { firstMs: 1_000, longestMs: 60_000 };

/** Starts it. Scopes that an earlier process retired are emptied, too. */
export function startScopeSweeper({ database, events, recorder, log }: ScopeSweeperServices): ScopeSweeper {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { wake, take, pause } = createWakeablePause();
  /** Scopes that were emptied once, and when: late events may have come since. */
  const emptiedAt = new Map<number, number>();
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
    while (!signal.aborted) {
      take();
      try {
        const due = await sweep();
        backoff.reset();
        await pause(due);
        await rest(gatherMs);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error }, "deleting what was reset failed; trying again");
        await rest(backoff.next());
      }
    }
  }

  /** Empties retired scopes; returns in how many milliseconds some are due again. */
  async function sweep(): Promise<number> {
    const now = performance.now();
    const scopes = (await selectScopesToEmpty(database)).filter((scope) => {
      const at = emptiedAt.get(scope);
      return at === undefined || now - at >= settledMs;
    });
    if (scopes.length > 0) {
      await emptyScopes(database, scopes, signal);
      // What the recorder has read is inserted before its events are deleted. A reset need not open the event database.
      if (events.isUnused()) await deleteOutboxOfScopes(database, scopes);
      else await recorder.drained(signal);
      await deleteEventsOfScopes(events, scopes);
      const settled = scopes.filter((scope) => emptiedAt.delete(scope));
      await markEmptied(database, settled);
      for (const scope of scopes) if (!settled.includes(scope)) emptiedAt.set(scope, performance.now());
    }
    return emptiedAt.size > 0 ? settledMs : longestPauseMs;
  }

  function rest(ms: number): Promise<void> {
    return delay(ms, undefined, { signal }).catch(() => {});
  }
}

/** Other processes retire scopes, too, and empty them. */
const longestPauseMs = 24 * 3600 * 1000;
