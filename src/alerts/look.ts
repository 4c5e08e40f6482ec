/** One check of everything that may need an alert: opens and closes alerts, and publishes events about it. */
import { randomUUID } from "node:crypto";
import type { Scopes } from "../accounts/scopes.ts";
import type { Alert } from "../admin-api/alerts.ts";
import type { EventReader } from "../insights/event-reader.ts";
import type { MirrorSource } from "../mirror/mirror-source.ts";
import type { AccountEventWriter, PublishingFeed } from "../publishing/publishing-feed.ts";
import type { AlertEvent } from "../publishing/ses-event/render-account-event.ts";
import {
  deleteClosedAlerts,
  forgetAlert,
  insertAlert,
  type StoredAlert,
  selectStandingAlerts,
  updateAlert,
} from "../stores/postgres/alerts.ts";
import { selectSetsWithoutReputation } from "../stores/postgres/configuration-sets.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import { selectScopes } from "../stores/postgres/scopes.ts";
import { keyOf, type Observation, severe } from "./alert.ts";
import { decide } from "./decide.ts";
import { observeRates, type RateLimits } from "./rate-alerts.ts";
import { shownAlert } from "./shown-alert.ts";
import { observeSources, type SourceLimits } from "./source-alerts.ts";

export interface LookServices {
  database: Database;
  reader: EventReader;
  scopes: Pick<Scopes, "byId" | "default">;
  /** Resolves to the current sources. */
  sources: () => Promise<readonly MirrorSource[]>;
  accountEvents: PublishingFeed["accountEvents"];
  limits: RateLimits & SourceLimits;
  clock: () => Date;
  log: { warn(details: object, message: string): void; info(details: object, message: string): void };
}

/** How long closed alerts are kept, in milliseconds. */
export const keptMs = 30 * 24 * 3_600_000;

/**
 * Checks all sources, and if `rates` is true, the rates of all scopes. Each alert opens or closes in its own
 * transaction. Stops early once `stopping` aborts.
 */
export async function look(services: LookServices, rates: boolean, stopping?: AbortSignal): Promise<void> {
  const { database, clock } = services;
  const now = clock();
  const standing = await selectStandingAlerts(database);
  const byKey = new Map(standing.map((alert) => [keyOf(alert), alert]));
  const observed: Observation[] = observeSources(await services.sources(), {
    standing: byKey,
    limits: services.limits,
    now,
  });
  if (rates && !services.reader.isUnused()) {
    const scopes = new Set((await selectScopes(database)).map(({ id }) => id));
    const unmeasured = await selectSetsWithoutReputation(database);
    const given = { standing, scopes, unmeasured, limits: services.limits, now };
    observed.push(...(await observeRates(services.reader, given)));
  }
  const writer = await services.accountEvents();
  for (const one of observed) {
    if (stopping?.aborted) return;
    await settle(services, writer, { standing: byKey.get(keyOf(one.of)), observed: one, now });
  }
  await deleteClosedAlerts(database, new Date(now.getTime() - keptMs));
}

/** Stores a decision about an alert. If processes compete, only the one that stores it first publishes the event. */
async function settle(
  services: LookServices,
  writer: AccountEventWriter,
  { standing, observed, now }: { standing: StoredAlert | undefined; observed: Observation; now: Date },
): Promise<void> {
  const { database, scopes } = services;
  const decision = decide(standing, observed, now, randomUUID);
  if (decision.kind === "nothing") return;
  if (decision.kind === "forget") return forgetAlert(database, decision.alert.id);
  const { alert } = decision;
  const before = decision.kind === "change" ? decision.before : undefined;
  const isOpened = alert.openedAt !== null && !before?.openedAt;
  const isTold = isOpened || alert.closedAt !== null;
  const shown = isTold ? await shownAlert(scopes.byId, alert) : undefined;
  // A source may mirror several accounts, so the events of its alerts belong to the default scope, the operator's.
  const home = inScope(database, alert.scope ?? scopes.default.id);
  const isStored = await home.transaction(async (transaction) => {
    const stored = before ? await updateAlert(transaction, before, alert) : await insertAlert(transaction, alert);
    if (stored && shown) await writer.write(transaction, [eventOf(shown, now)], now);
    return stored;
  });
  if (!isStored || !shown) return;
  if (isOpened) services.log.warn({ alert: shown }, `alert: ${shown.text}`);
  else services.log.info({ alert: shown }, `alert closed: ${shown.text}`);
}

function eventOf(alert: Alert, at: Date): AlertEvent {
  const isClosed = alert.closedAt !== undefined;
  if (alert.kind !== "bounce-rate" && alert.kind !== "complaint-rate") {
    return { type: isClosed ? "SOURCE_ALERT_CLOSED" : "SOURCE_ALERT_OPENED", at, alert };
  }
  return {
    type: isClosed ? "RATE_ALERT_CLOSED" : "RATE_ALERT_OPENED",
    at,
    alert,
    text: alert.text,
    impact: (alert.rate ?? 0) > severe[alert.kind] ? "HIGH" : "LOW",
    metric: alert.kind === "bounce-rate" ? "BOUNCE" : "COMPLAINT",
  };
}
