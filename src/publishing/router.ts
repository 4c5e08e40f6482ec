/**
 * The router takes committed events from the publications table and adds them to the queues of the targets that want
 * them.
 *
 *   a commit, or the poll for other processes' commits -> read rows -> render their events -> one transaction that
 *   adds batches and marks the rows as routed
 *
 * A lease limits routing to one process at a time. If two route all the same, only one of the transactions finds its
 * rows unrouted, so no event is queued twice.
 */
import { randomUUID } from "node:crypto";
import { createBackoff } from "../common/backoff.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import type { Database } from "../stores/postgres/database.ts";
import { createKeptLease } from "../stores/postgres/leases.ts";
import { insertPublicationBatches, type NewPublicationBatch } from "../stores/postgres/publication-batches.ts";
import { recordTargetResult, type TargetResult } from "../stores/postgres/publication-targets.ts";
import { markRouted, type Publication, postponeRouting, selectUnrouted } from "../stores/postgres/publications.ts";
import { createBacklogs } from "./backlogs.ts";
import { encodeBatch } from "./batch-format.ts";
import type { MessageRenderers } from "./message-renderers.ts";
import type { PublishedEvent } from "./published-event.ts";
import { type RoutedEvents, routeEvents } from "./route-events.ts";
import type { AllSubscriptions } from "./subscriptions.ts";

export interface Router {
  /** Signals that there may be new rows. */
  wake(): void;
  stop(): Promise<void>;
}

export interface RouterServices {
  database: Database;
  renderers: MessageRenderers;
  subscriptions: () => Promise<AllSubscriptions>;
  /** Resolves once the process has time for background work. */
  pace: (events: number, work: () => Promise<void>) => Promise<void>;
  /** Called when batches were added. */
  queued: () => void;
  clock: () => Date;
  /** Postponed rows may be due by the new time. */
  clockMoves?: ClockMoves;
  log: { error(details: object, message: string): void };
}

/** How much may wait for a target. */
export interface BacklogLimits {
  readonly events: number;
  readonly bytes: number;
}

const eventsPerRound = 2_000;
const eventsPerBatch = 500;
/** In characters. An event is mostly 1 to 4 KB. */
const batchCharacters = 1024 * 1024;
/** How often to look for commits of other processes. */
const pollMs = 1_000;
const leaseSeconds = 15;
const pauses = { firstMs: 100, longestMs: 10_000 };
/** How long a row waits that can't be routed, in milliseconds. */
const postponedMs = 15_000;

/** Another process has routed some of the rows. Nothing is lost: the others are read again. */
class RoutedElsewhere extends Error {}

export function startRouter(services: RouterServices, limits: BacklogLimits): Router {
  const { database, clock, log } = services;
  const backlogs = createBacklogs(database);
  const { wake, take, pause } = createWakeablePause();
  const lease = createKeptLease(database, { name: "router", holder: randomUUID(), seconds: leaseSeconds });
  let stopping = false;
  services.clockMoves?.onMove(wake);
  const running = run();

  return {
    wake,
    async stop() {
      stopping = true;
      wake();
      await running;
      await lease.release();
    },
  };

  async function run(): Promise<void> {
    const backoff = createBackoff(pauses);
    while (!stopping) {
      try {
        take();
        const rows = (await lease.hold()) ? await selectUnrouted(database, clock(), eventsPerRound) : [];
        if (rows.length > 0) {
          const events = rows.reduce((sum, row) => sum + row.events, 0);
          await services.pace(events, () => route(rows));
        }
        backoff.reset();
        if (rows.length === 0) await pause(pollMs);
      } catch (error) {
        if (error instanceof RoutedElsewhere) {
          lease.doubt();
          continue;
        }
        const pauseMs = backoff.next();
        log.error({ err: error, retryInMs: pauseMs }, "routing events to their destinations failed; they wait");
        if (stopping) return;
        take();
        await pause(pauseMs);
      }
    }
  }

  async function route(rows: readonly Publication[]): Promise<void> {
    const subscriptions = await services.subscriptions();
    const { routed, targets, failed } = await routeEvents(rows, {
      subscriptionsOf: subscriptions.of,
      renderers: services.renderers,
    });
    const [first] = failed;
    if (first) {
      const events = failed.reduce((sum, { row }) => sum + row.events, 0);
      const details = { err: first.error, publication: first.row.id, publications: failed.length, events };
      log.error(details, "events can't be published yet; they wait");
      const reasons = failed.map(({ row, error }) => ({ id: row.id, reason: reasonOf(error) }));
      await postponeRouting(database, reasons, new Date(clock().getTime() + postponedMs));
    }
    if (routed.length === 0) return;
    const { batches, refused } = await batchesOf(targets, subscriptions);
    await database.transaction(async (transaction) => {
      const ids = routed.map(({ id }) => id);
      if ((await markRouted(transaction, ids, clock())) !== ids.length) throw new RoutedElsewhere();
      await insertPublicationBatches(transaction, batches);
      for (const result of refused) await recordTargetResult(transaction, result);
    });
    if (batches.length > 0) services.queued();
  }

  async function batchesOf(
    targets: RoutedEvents,
    { byMinute }: AllSubscriptions,
  ): Promise<{ batches: NewPublicationBatch[]; refused: TargetResult[] }> {
    const batches: NewPublicationBatch[] = [];
    const refused: TargetResult[] = [];
    if (targets.size === 0) return { batches, refused };
    const now = clock();
    await backlogs.refresh();
    for (const [target, { scope, events }] of targets) {
      const backlog = backlogs.of(target);
      if (backlog.events >= limits.events || backlog.bytes >= limits.bytes) {
        const error = `more than ${limits.events} events or ${limits.bytes} bytes wait for this destination`;
        refused.push({ target, delivered: 0, discarded: events.length, error, at: now });
        continue;
      }
      const dueAt = byMinute.has(target) ? new Date((Math.floor(now.getTime() / 60_000) + 1) * 60_000) : undefined;
      const own = await batchesFor({ scope, target }, events, { dueAt, createdAt: now });
      for (const batch of own) backlogs.add(target, batch);
      batches.push(...own);
    }
    return { batches, refused };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The batches of a target: each has a bounded number of events and bytes. */
export async function batchesFor(
  { scope, target }: Pick<NewPublicationBatch, "scope" | "target">,
  events: readonly PublishedEvent[],
  { dueAt, createdAt }: Pick<NewPublicationBatch, "dueAt" | "createdAt">,
): Promise<NewPublicationBatch[]> {
  const batches: NewPublicationBatch[] = [];
  let at = 0;
  while (at < events.length) {
    let end = at;
    let characters = 0;
    while (end < events.length && end - at < eventsPerBatch && characters < batchCharacters) {
      characters += events[end]?.body.length ?? 0;
      end++;
    }
    const part = events.slice(at, end);
    batches.push({ scope, target, events: part.length, ...(await encodeBatch(part)), dueAt, tries: 0, createdAt });
    at = end;
  }
  return batches;
}
