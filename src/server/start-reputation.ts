/** Starts the evaluation of tenants' reputation. */

import type { AccountSettings } from "../operations/account/settings.ts";
import { startReputationEvaluator } from "../reputation/evaluator.ts";
import type { LeasedLoop } from "../stores/postgres/leased-loop.ts";
import type { Scope } from "../stores/postgres/scopes.ts";
import type { Closers } from "./open-stores.ts";
import type { ServerServices } from "./server-services.ts";
import type { Events } from "./start-events.ts";
import type { Publishing } from "./start-publishing.ts";

export interface ReputationRole extends ServerServices {
  settingsOf: (scope: Scope) => AccountSettings;
  events: Pick<Events, "reader" | "recorder">;
  publishing: Pick<Publishing, "feed">;
}

/** Starts it; `closers` stops it. */
export function startReputation(
  { stores, scopes, settingsOf, events, publishing, clock, machineClock, clockMoves, log }: ReputationRole,
  closers: Closers,
): LeasedLoop {
  const evaluator = startReputationEvaluator({
    database: stores.database,
    reader: events.reader,
    recorder: events.recorder,
    accountEvents: publishing.feed.accountEvents,
    changed: async (scope) => settingsOf(await scopes.byId(scope)).invalidate("tenants"),
    clock,
    machineClock,
    clockMoves,
    log,
  });
  closers.add(() => evaluator.stop());
  return evaluator;
}
