/** Control totals: compares SES's counts for a source's accounts with what arrived. */
import type { Scopes } from "../../accounts/scopes.ts";
import type { MirrorScopeTotals, MirrorTotals } from "../../admin-api/mirror-totals.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { EventReader } from "../../insights/event-reader.ts";
import { waitUntilRecorded } from "../../insights/fresh.ts";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { type MirrorType, selectMirrorTypes } from "../../stores/postgres/mirror-types.ts";
import { MirrorError } from "../mirror-error.ts";
import type { MirrorSource } from "../mirror-source.ts";
import { countedTypes, readCloudWatchCounts } from "./cloudwatch-counts.ts";
import { compareCounts } from "./compare.ts";
import { type Arrived, countArrivedEvents, countArrivedMetrics } from "./count-arrived.ts";
import { createDailyCounts, type DailyCounts, type DayRange, dayMs, dayName } from "./counts.ts";
import { readVdmCounts, vdmMetrics } from "./vdm-counts.ts";

export interface TotalsServices {
  readonly database: Database;
  readonly reader: EventReader;
  readonly recorder: Pick<Recorder, "drained">;
  readonly scopes: Pick<Scopes, "byId" | "find">;
  readonly aws: Pick<AwsClients, "cloudWatch" | "ses" | "call">;
  readonly clock: () => Date;
}

export interface TotalsRequest {
  readonly range: DayRange;
  readonly by: "cloudwatch" | "vdm";
  /** Restricts the totals to this account and region; undefined for all of the source's. */
  readonly only: Place | undefined;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

/** Each place takes a call to AWS, one after the other. */
const mostPlaces = 20;

/** The event type that a VDM metric counts. */
const typeOfMetric = (metric: string) => metric.replace(/^(PERMANENT|TRANSIENT)_/, "");

/**
 * The totals. If AWS refuses a call, the entry of that account and region has an error.
 * @throws MirrorError if there are too many accounts and regions, or if VDM has no counts for them
 */
export async function controlTotals(
  services: TotalsServices,
  source: MirrorSource,
  { range, by, only }: TotalsRequest,
): Promise<MirrorTotals> {
  const seen = await selectMirrorTypes(services.database, source.id);
  const places = only ? [only] : await placesOf(services, source, seen);
  if (places.length > mostPlaces) {
    throw new MirrorError(
      409,
      `The source has ${places.length} accounts and regions: choose one with account and region.`,
    );
  }
  if (by === "vdm" && new Set(places.map(({ account }) => account)).size > 1) {
    throw new MirrorError(409, "VDM has counts only for the account of the AWS credentials: choose it with account.");
  }
  await waitUntilRecorded(services.recorder);
  const brought = new Set(seen.map(({ type }) => type));
  const today = Math.floor(services.clock().getTime() / dayMs) * dayMs;
  const types: readonly string[] = by === "vdm" ? vdmMetrics : countedTypes;
  const compared = { types, isSent: (type: string) => brought.has(typeOfMetric(type)) };
  const scopes: MirrorScopeTotals[] = [];
  for (const place of places) {
    const counted = await countedBy(services, source, { ...place, range, by });
    if ("error" in counted) {
      scopes.push({ ...place, error: counted.error, sums: [], days: [], gaps: [], emptyDays: [], typesNotSent: [] });
      continue;
    }
    const arrived = await arrivedAt(services, { ...place, range, by });
    scopes.push({ ...place, ...compareCounts({ counted: counted.counts, arrived }, compared, range, today) });
  }
  return { by, from: dayName(range.from.getTime()), to: dayName(range.to.getTime()), scopes };
}

/** The accounts and regions whose events the source has received, and those in its settings. */
async function placesOf(
  { scopes }: TotalsServices,
  { accounts, region }: MirrorSource,
  seen: readonly MirrorType[],
): Promise<Place[]> {
  const places = new Map(accounts.map((account) => [`${account} ${region}`, { account, region }]));
  for (const id of new Set(seen.map(({ scope }) => scope))) {
    const scope = await scopes.byId(id);
    // An account may have been removed from the source.
    if (!accounts.includes(scope.accountId)) continue;
    places.set(`${scope.accountId} ${scope.region}`, { account: scope.accountId, region: scope.region });
  }
  return [...places.values()];
}

type Asked = Place & Pick<TotalsRequest, "range" | "by">;

async function countedBy(
  { aws }: TotalsServices,
  { accounts }: MirrorSource,
  { account, region, range, by }: Asked,
): Promise<{ counts: DailyCounts } | { error: string }> {
  const target =
    by === "vdm"
      ? { name: `SES in ${region}`, permission: "ses:BatchGetMetricData" }
      : { name: `CloudWatch in ${region}`, permission: "cloudwatch:GetMetricData" };
  try {
    if (by === "vdm") return { counts: await readVdmCounts(aws, { region, range }) };
    // The account is omitted where possible: credentials may lack the permission to name even their own.
    const asked = accounts.length > 1 ? account : undefined;
    return { counts: await readCloudWatchCounts(aws, { region, account: asked, range }) };
  } catch (error) {
    return { error: failureOf(error, target).error };
  }
}

async function arrivedAt({ scopes, reader }: TotalsServices, { account, region, range, by }: Asked): Promise<Arrived> {
  const scope = await scopes.find(account, region);
  if (!scope || reader.isUnused()) return { counts: createDailyCounts(), recipients: createDailyCounts() };
  return (by === "vdm" ? countArrivedMetrics : countArrivedEvents)(reader, scope.id, range);
}
