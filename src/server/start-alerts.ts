/** Starts to look for alerts. */
import { startAlertWatch } from "../alerts/watch.ts";
import type { LeasedLoop } from "../stores/postgres/leased-loop.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";
import type { Mirror } from "./start-mirror.ts";
import type { Publishing } from "./start-publishing.ts";

export interface AlertsRole extends ServerServices {
  events: Pick<Events, "reader">;
  mirror: Pick<Mirror, "sources">;
  publishing: Pick<Publishing, "feed">;
}

/** Starts it; `closers` stops it. */
export function startAlerts(role: AlertsRole, closers: Closers): LeasedLoop {
  const { config, stores, scopes, events, mirror, publishing, clock, machineClock, clockMoves, log } = role;
  const watch = startAlertWatch({
    database: stores.database,
    reader: events.reader,
    scopes,
    sources: mirror.sources.all,
    accountEvents: publishing.feed.accountEvents,
    limits: {
      bounces: config.alertBouncePercent,
      complaints: config.alertComplaintPercent,
      volume: config.alertLeastMessages,
      waiting: config.alertQueueMessages,
    },
    ...{ clock, machineClock, clockMoves, log },
  });
  closers.add(() => watch.stop());
  return watch;
}
