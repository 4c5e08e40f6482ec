/** Regular upkeep of publishing: deletes what the settings don't keep, and disables webhooks that always fail. */
import { createClockWatch } from "../common/clock-watch.ts";
import type { ClockMoves } from "../common/settable-clock.ts";
import { createWakeablePause } from "../common/wakeable-pause.ts";
import type { Database } from "../stores/postgres/database.ts";
import { deleteLeftovers } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatuses } from "../stores/postgres/publication-targets.ts";
import { deletePublicationsBefore, vacuumPublications } from "../stores/postgres/publications.ts";
import { webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooksOfAllScopes } from "../stores/postgres/webhooks.ts";

/** A time in which every try failed: from its begin until the last try. */
export interface TargetFailure {
  readonly since: Date;
  readonly last: Date;
}

export interface MaintenanceServices {
  database: Database;
  /** Disables a webhook if it has failed for too long. */
  disableFailing: (webhook: StoredWebhook, failure: TargetFailure) => Promise<boolean>;
  clock: () => Date;
  /** The clock that may be set by accident; `clock` by default. */
  machineClock?: () => Date;
  /** Moves of `clock` on purpose: more may be too old by the new time. */
  clockMoves?: ClockMoves;
  log: { error(details: object, message: string): void };
}

const intervalMs = 60_000;
const dayMs = 24 * 3_600_000;

/**
 * Deletes published events that are older than `keepDays` and what is left of targets that are gone, and disables
 * webhooks; stops early once `stopping` aborts.
 */
export async function maintain(
  { database, disableFailing, clock }: Omit<MaintenanceServices, "log">,
  { keepDays, stopping }: { keepDays: number; stopping: AbortSignal },
): Promise<void> {
  const before = new Date(clock().getTime() - keepDays * dayMs);
  while (!stopping.aborted && (await deletePublicationsBefore(database, before)) > 0);
  await deleteLeftovers(database);
  const statuses = new Map((await selectTargetStatuses(database)).map((status) => [status.target, status]));
  for (const webhook of await selectWebhooksOfAllScopes(database)) {
    const { failingSince: since, lastFailedAt: last } = statuses.get(webhookTarget(webhook.id)) ?? {};
    if (webhook.enabled && since && last) await disableFailing(webhook, { since, last });
  }
  if (database.kind === "embedded") await vacuumPublications(database);
}

/** Runs every minute until stopped. All processes do it: it does no harm if several do. */
export function startMaintenance(
  { log, machineClock, clockMoves, ...services }: MaintenanceServices,
  { keepDays }: { keepDays: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const clockJump = createClockWatch(machineClock ?? services.clock);
  const { wake, take, pause } = createWakeablePause();
  take();
  clockMoves?.onMove(wake);
  const running = run();
  return {
    async stop() {
      stopping.abort();
      wake();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (await slept()) {
      // By a clock that was set far ahead, everything would be old. The next round takes it as it is.
      if (clockJump() > 0) continue;
      try {
        await maintain(services, { keepDays, stopping: stopping.signal });
      } catch (error) {
        log.error({ err: error }, "the upkeep of publishing failed; retrying in a minute");
      }
    }
  }

  /** Waits; returns false if stopping. */
  async function slept(): Promise<boolean> {
    await pause(intervalMs);
    take();
    return !stopping.signal.aborted;
  }
}
