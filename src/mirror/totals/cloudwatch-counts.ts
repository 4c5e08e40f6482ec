/** Reads SES's counts for an account from CloudWatch, with GetMetricData (facts events-and-mirror 4.7). */
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { metricNames } from "../../publishing/ses-event/event-names.ts";
import { createDailyCounts, type DailyCounts, type DayRange } from "./counts.ts";

/** The event types for which SES was observed to publish a metric. */
export const countedTypes = [
  "SEND",
  "DELIVERY",
  "BOUNCE",
  "COMPLAINT",
  "REJECT",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
] as const;

export type CountedType = (typeof countedTypes)[number];

const namespace = "AWS/SES";
const daySeconds = 86_400;
/** A page has up to 100,800 values, and there are 8 × 90. An endpoint with more pages would never end. */
const mostPages = 20;

/**
 * The counts of each day.
 * @param account the account whose counts are read; undefined for that of the credentials. Only a CloudWatch monitoring
 *   account may read those of others.
 * @throws the SDK's errors, and an Error if the counts are incomplete
 */
export async function readCloudWatchCounts(
  clients: Pick<AwsClients, "cloudWatch" | "call">,
  { region, account, range }: { region: string; account: string | undefined; range: DayRange },
): Promise<DailyCounts> {
  const cloudWatch = await clients.cloudWatch(region);
  const counts = createDailyCounts();
  const MetricDataQueries = countedTypes.map(
    (type): MetricDataQuery => ({
      Id: type.toLowerCase(),
      MetricStat: { Metric: { Namespace: namespace, MetricName: metricNames[type] }, Period: daySeconds, Stat: "Sum" },
      ...(account !== undefined && { AccountId: account }),
    }),
  );
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await clients.call(cloudWatch, (options) =>
      cloudWatch.getMetricData(
        { MetricDataQueries, StartTime: range.from, EndTime: range.to, ScanBy: "TimestampAscending", NextToken },
        options,
      ),
    );
    for (const { Id, StatusCode, Timestamps = [], Values = [], Messages } of answer.MetricDataResults ?? []) {
      if (StatusCode === "Forbidden" || StatusCode === "InternalError") {
        throw new Error(`CloudWatch did not return ${Id}: ${Messages?.[0]?.Value ?? StatusCode}`);
      }
      const type = countedTypes.find((one) => one.toLowerCase() === Id);
      for (const [index, at] of Timestamps.entries()) if (type) counts.add(type, at.getTime(), Values[index] ?? 0);
    }
    NextToken = answer.NextToken;
    if (!NextToken) return counts;
  }
  throw new Error("CloudWatch returned more pages than possible");
}
