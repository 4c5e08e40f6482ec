/** Reads SES's counts for an account from VDM, with BatchGetMetricData. */
import type { BatchGetMetricDataQuery, Metric } from "@aws-sdk/client-sesv2";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { createDailyCounts, type DailyCounts, type DayRange, dayMs } from "./counts.ts";

/** The metrics that count events; the others are denominators. A call may have at most ten. */
export const vdmMetrics = [
  "SEND",
  "DELIVERY",
  "PERMANENT_BOUNCE",
  "TRANSIENT_BOUNCE",
  "COMPLAINT",
  "OPEN",
  "CLICK",
] as const satisfies readonly Metric[];

/** The longest period that a query may have. */
const longestMs = 60 * dayMs;

/**
 * The counts of each day, for the account of the credentials.
 * @throws the SDK's errors, and an Error if a query failed
 */
export async function readVdmCounts(
  clients: Pick<AwsClients, "ses" | "call">,
  { region, range }: { region: string; range: DayRange },
): Promise<DailyCounts> {
  const ses = await clients.ses(region);
  const counts = createDailyCounts();
  for (let from = range.from.getTime(); from < range.to.getTime(); from += longestMs) {
    const StartDate = new Date(from);
    const EndDate = new Date(Math.min(from + longestMs, range.to.getTime()));
    const Queries = vdmMetrics.map(
      (Metric): BatchGetMetricDataQuery => ({ Id: Metric, Namespace: "VDM", Metric, StartDate, EndDate }),
    );
    const answer = await clients.call(ses, (options) => ses.batchGetMetricData({ Queries }, options));
    const [failed] = answer.Errors ?? [];
    if (failed) throw new Error(`SES did not return ${failed.Id}: ${failed.Message ?? failed.Code}`);
    for (const { Id = "", Timestamps = [], Values = [] } of answer.Results ?? []) {
      for (const [index, at] of Timestamps.entries()) counts.add(Id, at.getTime(), Values[index] ?? 0);
    }
  }
  return counts;
}
