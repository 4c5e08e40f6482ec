/** Regular upkeep of publishing: deletes what the settings don't keep, and disables webhooks that always fail. */
import { setTimeout as delay } from "node:timers/promises";
import { createClockWatch } from "../common/clock-watch.ts";
import type { Database } from "../stores/postgres/database.ts";
import { deleteLeftovers } from "../stores/postgres/publication-batches.ts";
import { selectTargetStatuses } from "../stores/postgres/publication-targets.ts";
import { deletePublicationsBefore, vacuumPublications } from "../stores/postgres/publications.ts";
import { webhookTarget } from "../stores/postgres/target-name.ts";
import { type StoredWebhook, selectWebhooks } from "../stores/postgres/webhooks.ts";

export interface MaintenanceServices {
  database: Database;
  /** Disables a webhook if it has failed for too long. */
  disableFailing: (webhook: StoredWebhook, failingSince: Date | undefined) => Promise<boolean>;
  clock: () => Date;
  log: { error(details: object, message: string): void };
}

const intervalMs = 60_000;
const dayMs = 24 * 3_600_000;

/** Runs every minute until stopped. All processes do it: it does no harm if several do. */
export function startMaintenance(
  { database, disableFailing, clock, log }: MaintenanceServices,
  { keepDays }: { keepDays: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const clockJump = createClockWatch(clock);
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };

  async function run(): Promise<void> {
    while (await slept()) {
      // By a clock that was set far ahead, everything would be old. The next round takes it as it is.
      if (clockJump() > 0) continue;
      try {
        await deleteOld();
        await deleteLeftovers(database);
        await disableWebhooks();
        if (database.kind === "embedded") await vacuumPublications(database);
      } catch (error) {
        log.error({ err: error }, "the upkeep of publishing failed; retrying in a minute");
      }
    }
  }

  async function deleteOld(): Promise<void> {
    const before = new Date(clock().getTime() - keepDays * dayMs);
    while (!stopping.signal.aborted && (await deletePublicationsBefore(database, before)) > 0);
  }

  async function disableWebhooks(): Promise<void> {
    const statuses = await selectTargetStatuses(database);
    for (const webhook of await selectWebhooks(database)) {
      const since = statuses.get(webhookTarget(webhook.id))?.failingSince;
      if (since && webhook.enabled) await disableFailing(webhook, since);
    }
  }

  /** Waits; returns false if stopping. */
  async function slept(): Promise<boolean> {
    await delay(intervalMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    return !stopping.signal.aborted;
  }
}
