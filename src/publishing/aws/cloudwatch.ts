/** Publishes events as CloudWatch metrics: counts by minute and dimensions. */
import type { CloudWatchDimensionConfiguration } from "@aws-sdk/client-sesv2";
import type { PublishedEvent } from "../published-event.ts";
import type { Sender, SendResult } from "../sender.ts";
import type { AwsClients } from "./clients.ts";
import type { CallTarget } from "./failure.ts";
import { countEvents, metricName } from "./metric-data.ts";
import { sendInCalls } from "./send-in-calls.ts";

/** The limits of PutMetricData; the bytes leave room for the JSON around the metrics. */
const limits = { entries: 1_000, bytes: 1_000_000, entryBytes: 1_000_000 };

const hour = 3_600_000;
/** CloudWatch takes metrics of the last two weeks and of the next two hours. */
const oldest = 14 * 24 * hour - hour;
const newest = 2 * hour;

export interface CloudWatchOptions {
  readonly namespace: string;
  readonly region: string;
  readonly dimensions: readonly CloudWatchDimensionConfiguration[];
}

/** A sender to a namespace. */
export function createCloudWatchSender(
  { namespace: Namespace, region, dimensions }: CloudWatchOptions,
  clients: AwsClients,
): Sender {
  const target: CallTarget = { name: `CloudWatch namespace ${Namespace}`, permission: "cloudwatch:PutMetricData" };

  return {
    limits: { events: 1_000, bytes: 4 << 20 },
    async send(events, { stopping }) {
      const cloudWatch = await clients.cloudWatch(region);
      const now = Date.now();
      const results = events.map((event) => refusal(event, now));
      const accepted = [...events.keys()].filter((index) => results[index] === undefined);
      const counted = countEvents(
        accepted.flatMap((index) => events[index] ?? []),
        dimensions,
      );
      const entries = counted.map(({ datum }) => ({ datum, bytes: Buffer.byteLength(JSON.stringify(datum)) }));
      const sent = await sendInCalls(entries, {
        target,
        limits,
        stopping,
        async call(entries) {
          const MetricData = entries.map(({ datum }) => datum);
          await clients.call(cloudWatch, (options) => cloudWatch.putMetricData({ Namespace, MetricData }, options));
          return entries.map((): SendResult => ({ outcome: "delivered" }));
        },
      });
      for (const [at, { events: counts }] of counted.entries()) {
        for (const position of counts) {
          const index = accepted[position];
          if (index !== undefined) results[index] = sent[at];
        }
      }
      return results.map((result): SendResult => result ?? { outcome: "untried" });
    },
  };

  /** Why an event is not sent: CloudWatch would refuse the whole call for it. */
  function refusal({ type, at }: PublishedEvent, now: number): SendResult | undefined {
    const failed = (permanent: boolean, why: string): SendResult => ({
      outcome: "failed",
      permanent,
      error: `${target.name}: ${why}`,
    });
    if (metricName(type) === undefined) return failed(true, `there is no metric for ${type}`);
    if (at < now - oldest) return failed(true, "the event is older than two weeks, which CloudWatch does not take");
    if (at > now + newest) return failed(false, "the time of the event is in the future");
    return undefined;
  }
}
