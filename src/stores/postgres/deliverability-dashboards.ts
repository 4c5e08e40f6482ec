/** The table deliverability_dashboards: its migration describes the columns. */
import type { DomainDeliverabilityTrackingOption } from "@aws-sdk/client-sesv2";
import { array, boolean, isoTimestamp, object, optional, pipe, string, transform } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { ScopedQueryable } from "./database.ts";

/** The options of the deliverability dashboard. */
export interface DeliverabilityDashboard {
  readonly enabled: boolean;
  readonly domains: DomainDeliverabilityTrackingOption[];
}

const storedDomains = array(
  object({
    Domain: string(),
    SubscriptionStartDate: pipe(
      string(),
      isoTimestamp(),
      transform((text) => new Date(text)),
    ),
    InboxPlacementTrackingOption: optional(
      object({ Global: optional(boolean()), TrackedIsps: optional(array(string())) }),
    ),
  }),
);

/** The options of the scope; disabled if none are stored. */
export async function selectDashboard(database: ScopedQueryable): Promise<DeliverabilityDashboard> {
  const [row] = await database.query<{ enabled: boolean; domains: unknown }>(
    "SELECT enabled, domains FROM deliverability_dashboards WHERE scope = $1",
    [database.scope],
  );
  if (!row) return { enabled: false, domains: [] };
  return { enabled: row.enabled, domains: parseData(storedDomains, row.domains, "the deliverability dashboard") };
}

/** Replaces the options of the scope. */
export async function storeDashboard(
  database: ScopedQueryable,
  { enabled, domains }: DeliverabilityDashboard,
): Promise<void> {
  await database.query(
    `INSERT INTO deliverability_dashboards (scope, enabled, domains) VALUES ($1, $2, $3::text::jsonb)
     ON CONFLICT (scope) DO UPDATE SET enabled = excluded.enabled, domains = excluded.domains`,
    [database.scope, enabled, JSON.stringify(domains)],
  );
}
