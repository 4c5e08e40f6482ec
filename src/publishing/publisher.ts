/**
 * The publisher of one process: claims batches of events and hands them to the senders of their targets.
 *
 *   claim (a few batches per target) -> lanes, by target -> sent -> settled in one transaction: delivered events go,
 *   failed ones wait for their retry, the target's status is noted
 *
 * - Targets are independent: each has its own lanes, and one that fails rests, so that it costs others nothing.
 * - A process is alive while it renews its row in queue_workers; other processes take over the batches of a dead one.
 *   What it had sent but not settled is sent again, with the same event IDs.
 * - `stop` finishes what is in progress and releases the rest.
 */
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../common/backoff.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import { startLife } from "../delivery/queue/worker-life.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  claimPublicationBatches,
  hurryBatches,
  type PublicationBatch,
  promoteBatches,
  releaseBatches,
} from "../stores/postgres/publication-batches.ts";
import { createLanes } from "./lanes.ts";
import type { PublishingRetries } from "./retry-schedule.ts";
import { sendBatches } from "./send-batches.ts";
import type { Sender } from "./sender.ts";
import { settleBatches } from "./settle-batches.ts";

export interface Publisher {
  /** Signals that there may be batches to claim. */
  wake(): void;
  stop(): Promise<void>;
}

/** What to do with the batches of a target. */
export type TargetState =
  | {
      readonly state: "open";
      readonly sender: Sender;
      /** The target under which the results count, too: that of the webhook to which an event destination leads. */
      readonly countsFor?: string;
    }
  /** Disabled for now: its batches wait. */
  | { readonly state: "held" }
  /** It does not exist any more: its batches are discarded. */
  | { readonly state: "gone" };

export interface PublisherServices {
  database: Database;
  targetState: (target: string) => Promise<TargetState>;
  /** Resolves once the process has time for background work. */
  pace: (events: number, work: () => Promise<void>) => Promise<void>;
  clock: () => Date;
  /** Batches may be due by the new time, and what targets rest for has passed. */
  clockMoves?: ClockMoves;
  log: PublisherLog;
}

export interface PublisherLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface PublisherOptions {
  readonly retries: PublishingRetries;
  /** Events that are older are given up instead of tried again, in milliseconds. */
  readonly maxAgeMs: number;
}

/** How often to look for batches queued by other processes and for retries that are due. */
const pollMs = 1_000;
const pauses = { firstMs: 100, longestMs: 10_000 };
/** Groups of batches under way: each may have a few MB of events in memory. */
const mostTasks = 64;
const targetsPerClaim = 32;
/** How many events a group has, if its batches are small. */
const eventsPerLane = 1_000;
/** How many waiting batches one statement makes due. An embedded database holds up the process meanwhile. */
const promotedAtOnce = 1_000;
/** How long the batches of a disabled target wait until it is looked at again, in milliseconds. */
const heldMs = 30_000;
/** The longest wait that this version gives a batch, so that one from before the clock was set back is noticed. */
const minLongestMs = 120_000;

export function startPublisher(services: PublisherServices, options: PublisherOptions): Publisher {
  const { database, clock, log } = services;
  const stopping = new AbortController();
  const { wake, take, pause } = createWakeablePause();
  const lanes = createLanes();
  const tasks = new Set<Promise<void>>();
  /** Targets after an outage, as long as batches wait that need not. */
  const recovering = new Set<string>();
  const life = startLife(database, log, stopping.signal, { inherited: wake, lost: () => {} });
  const longestMs = Math.max(minLongestMs, ...options.retries.map((seconds) => seconds * 1000 * 1.2));
  /** Claims cycle through the targets. This is the last target of the previous claim. */
  let after = "";
  let promoteAt = 0;
  services.clockMoves?.onMove(() => {
    lanes.endRests();
    promoteAt = 0;
    wake();
  });
  const running = run();

  return {
    wake,
    async stop() {
      stopping.abort();
      wake();
      await running;
      await Promise.all(tasks);
      await life.end();
    },
  };

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    let more = false;
    await life.begun;
    while (!stopping.signal.aborted) {
      try {
        const woken = take();
        more = await lookForBatches(woken || more);
        backoff.reset();
        if (!more) await pause(pollMs);
      } catch (error) {
        const pauseMs = backoff.next();
        log.error({ err: error, retryInMs: pauseMs }, "claiming events to publish failed; they wait");
        await rest(pauseMs);
      }
    }
  }

  /**
   * Looks for batches that are due; resolves to whether there may be more. Nobody but this process adds batches to an
   * embedded database: without a reason, it is only asked for retries.
   */
  async function lookForBatches(reason: boolean): Promise<boolean> {
    let promoted = 0;
    if (performance.now() >= promoteAt) {
      promoted = await promoteBatches(database, { now: clock(), longestMs, limit: promotedAtOnce });
      promoteAt = promoted >= promotedAtOnce ? 0 : performance.now() + pollMs;
    }
    const claims = reason || promoted > 0 || !lanes.areIdle() || database.kind === "server";
    return claims ? claim() : false;
  }

  /** Resolves to whether there may be more to claim. */
  async function claim(): Promise<boolean> {
    const worker = life.name();
    const targets = Math.min(targetsPerClaim, mostTasks - tasks.size);
    if (targets <= 0) return false;
    const where = { after, except: lanes.full(performance.now()), targets };
    const claimed = await claimPublicationBatches(database, { worker, ...where, events: eventsPerLane });
    // The lease expired during the claim: the batches belong to other workers.
    if (worker !== life.name()) return true;
    const byTarget = Map.groupBy(claimed, ({ target }) => target);
    for (const [target, batches] of byTarget) start(target, batches, worker);
    const begunInTheMiddle = after !== "";
    after = byTarget.size >= targets ? ([...byTarget.keys()].sort().at(-1) ?? "") : "";
    return claimed.length > 0 || begunInTheMiddle;
  }

  function start(target: string, batches: readonly PublicationBatch[], worker: string): void {
    const lane = lanes.enter(target);
    const events = batches.reduce((sum, batch) => sum + batch.events, 0);
    const task = services
      .pace(events, () => publish(target, batches, worker))
      .catch(async (error: unknown) => {
        log.error({ err: error, target }, "publishing events failed internally; they wait");
        lanes.failed(target, performance.now());
        const ids = batches.map(({ id }) => id);
        await releaseBatches(database, worker, ids, undefined).catch((reason: unknown) => {
          log.error({ err: reason, target }, "events can't be released until this process ends");
        });
      })
      .finally(() => {
        tasks.delete(task);
        lane.leave();
        wake();
      });
    tasks.add(task);
  }

  async function publish(target: string, batches: readonly PublicationBatch[], worker: string): Promise<void> {
    const found = await services.targetState(target);
    if (found.state === "held") {
      const ids = batches.map(({ id }) => id);
      return releaseBatches(database, worker, ids, new Date(clock().getTime() + heldMs));
    }
    if (found.state === "gone") {
      lanes.gone(target);
      recovering.delete(target);
    }
    const { sender, countsFor } = found.state === "open" ? found : {};
    const counted = countsFor === undefined ? [target] : [target, countsFor];
    for (const [tries, equal] of Map.groupBy(batches, (batch) => batch.tries)) {
      const sent = sender ? await sendBatches(sender, equal, { tries, stopping: stopping.signal }) : undefined;
      const settled = await settleBatches(
        database,
        { worker, target, counted, batches: equal, sent, at: clock() },
        options,
      );
      if (settled.failed > 0 && settled.delivered === 0) lanes.failed(target, performance.now());
      if (settled.discarded > 0) {
        log.warn({ target, events: settled.discarded, lastError: settled.error }, "events were given up");
      }
      // After an outage, what waits need not wait for the times that the outage led to.
      if (settled.delivered > 0 && lanes.succeeded(target)) recovering.add(target);
      if (settled.delivered > 0 && recovering.has(target)) await hurry(target);
    }
  }

  /** A part of what waits; each further success is followed by another one. */
  async function hurry(target: string): Promise<void> {
    if ((await hurryBatches(database, target, promotedAtOnce)) < promotedAtOnce) recovering.delete(target);
  }

  function rest(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }
}
