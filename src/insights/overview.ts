/** Volumes and rates over time, compared with the previous period, by a dimension, and their anomalies. */
import type { Metric } from "@aws-sdk/client-sesv2";
import type { GenericSchema } from "valibot";
import type { Anomaly, Overview, OverviewDimension, OverviewShare } from "../admin-api/overview.ts";
import type { Shown } from "../events/message-state.ts";
import { anomalyOf, type DayCount, outstandingDays } from "./anomalies.ts";
import type { EventReader } from "./event-reader.ts";
import {
  type BucketCount,
  type Buckets,
  bucketCount,
  type CountedMail,
  countByBucket,
  countByValue,
  type Interval,
  valueCount,
} from "./overview-query.ts";
import { countedMetrics, totalsOf, volumesOf } from "./volumes.ts";

export interface OverviewServices {
  reader: EventReader;
  shown: Shown;
}

/** The period, its time zone (a name that Intl and ClickHouse know), and the dimension of the breakdown. */
export interface OverviewRequest extends Interval {
  zone: string;
  by: OverviewDimension;
  /** Only mail that was sent for this tenant; undefined for all. */
  tenant?: string | undefined;
}

const dayMs = 24 * 3600 * 1000;
/** Periods of up to this length have hourly buckets. */
const longestByHour = 3 * dayMs;
/** The usual rate is computed from at least this period. */
const leastLearned = 14 * dayMs;
const topValues = 20;
const mostAnomalies = 20;

/** Computes the overview. Aborting `signal` cancels it. */
export async function readOverview(
  services: OverviewServices,
  { start, end, zone, by, tenant }: OverviewRequest,
  signal?: AbortSignal,
): Promise<Overview> {
  const { reader } = services;
  const shown = { ...services.shown, tenant };
  const length = end.getTime() - start.getTime();
  const before = { start: new Date(start.getTime() - length), end: start };
  const buckets: Buckets = { bucket: length <= longestByHour ? "hour" : "day", zone };
  const read = <const Row extends GenericSchema>(row: Row, { sql, parameters }: ReturnType<typeof countByValue>) =>
    reader.rows(row, sql, parameters, signal);
  const [counts, countsBefore, values, anomalies] = await Promise.all([
    read(bucketCount, countByBucket({ start, end }, buckets, shown)),
    read(bucketCount, countByBucket(before, buckets, shown)),
    read(valueCount, countByValue({ start, end }, by, shown, topValues)),
    findAnomalies({ reader, shown }, { start, end, zone }, signal),
  ]);
  const byBucket = Map.groupBy(counts, ({ at }) => at);
  return {
    from: start.toISOString(),
    to: end.toISOString(),
    zone,
    bucket: buckets.bucket,
    buckets: [...byBucket]
      .sort(([a], [b]) => a - b)
      .map(([at, rows]) => ({ at: new Date(at * 1000).toISOString(), ...volumesOf(counter(rows)) })),
    totals: totalsOf(volumesOf(counter(counts))),
    before: {
      from: before.start.toISOString(),
      to: before.end.toISOString(),
      ...totalsOf(volumesOf(counter(countsBefore))),
    },
    by,
    breakdown: values.map(
      (row): OverviewShare => ({ value: row.value, ...totalsOf(volumesOf((metric) => row[metric])) }),
    ),
    others: Math.max(0, (values[0]?.values ?? 0) - values.length),
    anomalies,
  };
}

function counter(rows: readonly BucketCount[]): (metric: Metric) => number {
  const sums = new Map<number, number>();
  for (const { metric, count } of rows) sums.set(metric, (sums.get(metric) ?? 0) + count);
  return (metric) => sums.get(countedMetrics.indexOf(metric) + 1) ?? 0;
}

/** The rates checked for anomalies: the metric and its denominator. */
const watched = [
  { kind: "bounces", metrics: ["PERMANENT_BOUNCE", "SEND"] },
  { kind: "complaints", metrics: ["COMPLAINT", "DELIVERY_COMPLAINT"] },
] as const satisfies readonly { kind: Anomaly["kind"]; metrics: readonly [Metric, Metric] }[];

const watchedMetrics: readonly Metric[] = watched.flatMap(({ metrics }) => metrics);

async function findAnomalies(
  { reader, shown }: { reader: EventReader; shown: CountedMail },
  { start, end, zone }: Interval & { zone: string },
  signal: AbortSignal | undefined,
): Promise<Anomaly[]> {
  const learned = Math.min(start.getTime(), end.getTime() - leastLearned);
  const query = countByBucket({ start: new Date(learned), end }, { bucket: "day", zone }, shown, {
    metrics: watchedMetrics,
    byIsp: true,
  });
  const rows = (await reader.rows(bucketCount, query.sql, query.parameters, signal)).filter(({ metric }) => metric > 0);
  const series = [[undefined, rows] as const, ...Map.groupBy(rows, ({ isp }) => isp)];
  return series
    .flatMap(([isp, own]) =>
      watched.flatMap(({ kind, metrics: [what, outOf] }) =>
        outstandingDays(daysOf(own, what, outOf))
          // Includes a day in which the period begins.
          .filter(({ at }) => at.getTime() > start.getTime() - dayMs)
          .map((day) => anomalyOf(kind, day, { isp, zone })),
      ),
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, mostAnomalies);
}

function daysOf(rows: readonly BucketCount[], what: Metric, outOf: Metric): DayCount[] {
  const total = (own: readonly BucketCount[], metric: Metric) => {
    const place = watchedMetrics.indexOf(metric) + 1;
    return own.reduce((sum, row) => sum + (row.metric === place ? row.count : 0), 0);
  };
  return [...Map.groupBy(rows, ({ at }) => at)]
    .map(([at, own]) => ({ at: new Date(at * 1000), count: total(own, what), outOf: total(own, outOf) }))
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}
