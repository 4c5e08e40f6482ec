/** The overview's queries on the aggregated state of messages. See src/insights/metrics/definitions.ts for counts. */
import type { Metric } from "@aws-sdk/client-sesv2";
import { type InferOutput, number, object, string } from "valibot";
import type { OverviewDimension } from "../admin-api/overview.ts";
import { inScopeCondition, type Shown, sesCondition } from "../events/message-state.ts";
import type { Condition } from "../jobs/exports/message-filters.ts";
import type { Query } from "../jobs/exports/message-query.ts";
import { countableMessages, countedAt, countMetric, isCounted } from "./metrics/definitions.ts";
import { dimensionColumn, matchesDimension } from "./metrics/dimensions.ts";
import { countedMetrics } from "./volumes.ts";

/** From `start` to `end`; `end` is exclusive. */
export interface Interval {
  start: Date;
  end: Date;
}

/** Hours or days in a time zone that ClickHouse knows. */
export interface Buckets {
  bucket: "hour" | "day";
  zone: string;
}

/** Which mail is counted. */
export interface CountedMail extends Shown {
  /** Only mail that was sent for this tenant; undefined for all. */
  tenant: string | undefined;
}

/** A row of `countByBucket`. Metric 0 has one row for each bucket, so that no bucket is missing. */
export const bucketCount = object({
  /** Its index in `metrics`, starting at 1. */
  metric: number(),
  /** The start of the bucket in epoch seconds. */
  at: number(),
  count: number(),
  isp: string(),
});

export type BucketCount = InferOutput<typeof bucketCount>;

/** The count of each metric in each bucket, optionally by provider. */
export function countByBucket(
  interval: Interval,
  { bucket, zone }: Buckets,
  shown: CountedMail,
  { metrics = countedMetrics, byIsp = false }: { metrics?: readonly Metric[]; byIsp?: boolean } = {},
): Query {
  const begins = (time: string) =>
    `toUnixTimestamp(${bucket === "hour" ? "toStartOfHour" : "toStartOfDay"}(${time}, {zone:String}))`;
  // One number per bucket and metric that a message counts for, the metric in the last four bits: tuples take twice as
  // long.
  const counted = metrics.map((metric, index) => {
    const at = `toUInt64(${begins(countedAt(metric, shown.machines))}) * 16 + ${index + 1}`;
    return `if(${isCounted(metric, shown.machines)}, ${at}, 0)`;
  });
  // Short enough to hit every bucket: zone offsets are multiples of 15 minutes, and a day has at least 23 hours.
  const step = bucket === "hour" ? 900_000 : 3_600_000;
  const isp = byIsp ? "toString(isp)" : "''";
  const own = inScopeCondition(shown);
  const tenant = tenantCondition(shown);
  return {
    sql: `SELECT bitAnd(one, 15) AS metric, intDiv(one, 16) AS at, count() AS count, ${isp} AS isp
      FROM message_states FINAL ARRAY JOIN arrayFilter(one -> one != 0, [${counted.join(", ")}]) AS one
      PREWHERE ${own.sql} WHERE ${countableMessages()} AND ${sesCondition(shown)} AND ${tenant.sql} GROUP BY metric, at, isp
      UNION ALL
      SELECT DISTINCT 0 AS metric, ${begins(`fromUnixTimestamp64Milli({start:Int64} + toInt64(number) * ${step}, 'UTC')`)} AS at,
        0 AS count, '' AS isp
      FROM numbers(intDiv({end:Int64} - {start:Int64} - 1, ${step}) + 1)`,
    parameters: {
      start: interval.start.getTime(),
      end: interval.end.getTime(),
      zone,
      ...own.parameters,
      ...tenant.parameters,
    },
  };
}

/** A row of `countByValue`: a value of the dimension, the number of values, and the count of each metric. */
export const valueCount = object({
  value: string(),
  values: number(),
  SEND: number(),
  DELIVERY: number(),
  PERMANENT_BOUNCE: number(),
  TRANSIENT_BOUNCE: number(),
  COMPLAINT: number(),
  OPEN: number(),
  CLICK: number(),
  DELIVERY_COMPLAINT: number(),
  DELIVERY_OPEN: number(),
  DELIVERY_CLICK: number(),
});

/** The values of a dimension with the most sends. */
export function countByValue(interval: Interval, by: OverviewDimension, shown: CountedMail, limit: number): Query {
  const counts = countedMetrics.map((metric) => `toUInt64(${countMetric(metric, shown.machines)}) AS ${metric}`);
  const own = inScopeCondition(shown);
  const tenant = tenantCondition(shown);
  const any = countedMetrics.map((metric) => `${metric} > 0`).join(" OR ");
  return {
    sql: `SELECT *, count() OVER () AS values FROM (
        SELECT toString(${dimensionColumn[dimensions[by]]}) AS value, ${counts.join(", ")}
        FROM message_states FINAL PREWHERE ${own.sql} WHERE ${countableMessages()} AND ${sesCondition(shown)} AND ${tenant.sql}
        GROUP BY value HAVING ${any})
      ORDER BY SEND DESC, value LIMIT {limit:UInt32}`,
    parameters: {
      start: interval.start.getTime(),
      end: interval.end.getTime(),
      limit,
      ...own.parameters,
      ...tenant.parameters,
    },
  };
}

function tenantCondition({ tenant }: Pick<CountedMail, "tenant">): Condition {
  if (tenant === undefined) return { sql: "1", parameters: {} };
  return { sql: matchesDimension("TENANT_NAME", "{tenant:String}"), parameters: { tenant } };
}

const dimensions = {
  isp: "ISP",
  identity: "EMAIL_IDENTITY",
  configurationSet: "CONFIGURATION_SET",
  tenant: "TENANT_NAME",
} as const;
