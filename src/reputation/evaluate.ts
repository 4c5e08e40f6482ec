/** One evaluation of the reputation of all tenants, in all scopes. */
import { isDeepStrictEqual } from "node:util";
import type { Recorder } from "../events/recorder.ts";
import type { EventReader } from "../insights/event-reader.ts";
import { waitUntilRecorded } from "../insights/fresh.ts";
import type { PublishingFeed } from "../publishing/publishing-feed.ts";
import { type Database, inScope } from "../stores/postgres/database.ts";
import {
  hasTenants,
  lockReputation,
  selectReputationsToEvaluate,
  type TenantKey,
  type TenantReputation,
  updateReputation,
} from "../stores/postgres/tenant-reputations.ts";
import { setFindings } from "./decide.ts";
import { countFeedback, countFeedbackSinceCreation, type TenantCounts } from "./feedback-counts.ts";
import { type FoundRate, findRates } from "./find.ts";
import { longestWindowDays } from "./thresholds.ts";

export interface EvaluationServices {
  database: Database;
  reader: EventReader;
  recorder: Pick<Recorder, "drained">;
  accountEvents: PublishingFeed["accountEvents"];
  /** Called after a tenant's status has changed, also if the outcome is unknown. */
  changed: (scope: number) => Promise<void>;
  clock: () => Date;
}

type StoredReputation = TenantReputation & { readonly scope: number };

const dayMs = 24 * 3_600_000;
/** The number of tenants in the parameters of a query. */
const tenantsPerQuery = 200;

/**
 * Measures the rates of all tenants, and stores what has changed, each tenant in a transaction of its own. Without
 * tenants it asks nothing of the event database. Stops early once `stopping` aborts.
 */
export async function evaluate(services: EvaluationServices, stopping?: AbortSignal): Promise<void> {
  const { database, reader, recorder, clock } = services;
  if (!(await hasTenants(database))) return;
  await waitUntilRecorded(recorder);
  const now = clock();
  const found = ratesOf(await countFeedback(reader, now), now);
  const withFindings = [...found.values()].filter(({ rates }) => rates.length > 0);
  const stored = await selectReputationsToEvaluate(database, withFindings);
  // Only these may have a namesake's mail in their rates.
  const young = stored.filter(
    (tenant) => now.getTime() - tenant.createdAt.getTime() < longestWindowDays * dayMs && found.has(keyOf(tenant)),
  );
  for (let start = 0; start < young.length; start += tenantsPerQuery) {
    const some = young.slice(start, start + tenantsPerQuery);
    for (const tenant of some) found.delete(keyOf(tenant));
    const counts = await countFeedbackSinceCreation(reader, now, some);
    for (const [key, rates] of ratesOf(counts, now)) found.set(key, rates);
  }
  for (const tenant of stored) {
    if (stopping?.aborted) return;
    const rates = found.get(keyOf(tenant))?.rates ?? [];
    if (isChanged(tenant, rates, now)) await store(services, tenant, rates, now);
  }
}

/** A text for each tenant; names have no spaces. */
const keyOf = ({ scope, name }: TenantKey) => `${scope} ${name}`;

function ratesOf(counts: readonly TenantCounts[], now: Date): Map<string, TenantKey & { rates: FoundRate[] }> {
  return new Map(
    counts.map(({ scope, name, days }) => [keyOf({ scope, name }), { scope, name, rates: findRates(days, now) }]),
  );
}

/** Whether anything is to be stored. That a rate was measured again is nothing. */
function isChanged(tenant: StoredReputation, rates: readonly FoundRate[], now: Date): boolean {
  const { reputation, event } = setFindings(tenant, rates, now);
  const measured = ({ findings }: TenantReputation) =>
    findings.map(({ kind, impact, rate, volume, windowDays }) => ({ kind, impact, rate, volume, windowDays }));
  return (
    event !== undefined ||
    reputation.customer !== tenant.customer ||
    reputation.managed !== tenant.managed ||
    !isDeepStrictEqual(measured(reputation), measured(tenant))
  );
}

async function store(
  { database, accountEvents, changed }: EvaluationServices,
  tenant: StoredReputation,
  rates: readonly FoundRate[],
  now: Date,
): Promise<void> {
  const events = await accountEvents();
  let isStatusChange = true;
  try {
    isStatusChange = await inScope(database, tenant.scope).transaction(async (transaction) => {
      const before = await lockReputation(transaction, tenant.name);
      // Deleted meanwhile; another one may have the name.
      if (before?.id !== tenant.id) return false;
      const { reputation, event } = setFindings(before, rates, now);
      await updateReputation(transaction, reputation);
      if (event) await events.write(transaction, [event], now);
      return reputation.sendingStatus !== before.sendingStatus;
    });
  } finally {
    if (isStatusChange) await changed(tenant.scope);
  }
}
