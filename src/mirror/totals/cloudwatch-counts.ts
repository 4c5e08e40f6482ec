/** What SES counted of an account, from CloudWatch: GetMetricData (facts events-and-mirror 4.7). */
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { metricNames } from "../../publishing/ses-event/event-names.ts";
import { createDailyCounts, type DailyCounts, type DayRange } from "./counts.ts";

/** The types with a metric that was observed in SES. */
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
/** A page has 100,800 values; there are 8 times 90. More pages would be an endpoint that does not end. */
const mostPages = 20;

/**
 * The counts of each day.
 * @param account the account that is asked about; undefined for that of the credentials. Only a monitoring account of
 *   CloudWatch may ask about others.
 * @throws what the SDK throws, and an Error if the counts are incomplete
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
        throw new Error(`CloudWatch can't tell ${Id}: ${Messages?.[0]?.Value ?? StatusCode}`);
      }
      const type = countedTypes.find((one) => one.toLowerCase() === Id);
      for (const [index, at] of Timestamps.entries()) if (type) counts.add(type, at.getTime(), Values[index] ?? 0);
    }
    NextToken = answer.NextToken;
    if (!NextToken) return counts;
  }
  throw new Error("CloudWatch has more pages than there can be");
}
