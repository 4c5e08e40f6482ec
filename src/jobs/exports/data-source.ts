/** The data source of an export job: the request's ExportDataSource, parsed. */
import type { ExportMetric, MessageInsightsFilters, ExportDataSource as RequestedSource } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import { isDimension, type MetricDimension } from "../../insights/metrics/dimensions.ts";
import { storedDataSource } from "../../stores/postgres/stored-options.ts";

/** Messages sent from `start` to `end`, both inclusive. */
export interface MessageInsightsSource {
  type: "MESSAGE_INSIGHTS";
  start: Date;
  end: Date;
  include: MessageInsightsFilters | undefined;
  exclude: MessageInsightsFilters | undefined;
  /** The maximum number of rows in the file; if more match, the file has a random sample. */
  maxResults: number | undefined;
}

/** Metrics from midnight of `start` to midnight of `end`; `end` is exclusive. */
export interface MetricsSource {
  type: "METRICS_DATA";
  start: Date;
  end: Date;
  /** In the order of the file's columns; `*` means all values. */
  dimensions: readonly (readonly [MetricDimension, readonly string[]])[];
  metrics: readonly ExportMetric[];
}

export type ExportDataSource = MessageInsightsSource | MetricsSource;

/** The stored data source as requested. Throws a `MalformedData` if it is invalid. */
export function requestedSource(stored: unknown): RequestedSource {
  const source = parseData(storedDataSource, stored, "the data source of an export job");
  const { MetricsDataSource: metrics, MessageInsightsDataSource: messages } = source;
  return {
    MetricsDataSource: metrics && {
      Dimensions: metrics.Dimensions,
      Namespace: metrics.Namespace,
      Metrics: metrics.Metrics,
      ...datesOf(metrics),
    },
    MessageInsightsDataSource: messages && { ...messages, ...datesOf(messages) },
  };
}

/** The parsed data source. Throws unless exactly one source is given, which holds for every stored job. */
export function dataSourceOf(stored: unknown): ExportDataSource {
  const { MetricsDataSource: metrics, MessageInsightsDataSource: messages } = requestedSource(stored);
  if (metrics?.StartDate && metrics.EndDate && !messages) {
    return {
      type: "METRICS_DATA",
      start: metrics.StartDate,
      end: metrics.EndDate,
      dimensions: Object.entries(metrics.Dimensions ?? {}).flatMap(([name, values]) =>
        isDimension(name) ? [[name, distinct(values)] as const] : [],
      ),
      metrics: metrics.Metrics ?? [],
    };
  }
  if (messages?.StartDate && messages.EndDate && !metrics) {
    return {
      type: "MESSAGE_INSIGHTS",
      start: messages.StartDate,
      end: messages.EndDate,
      include: messages.Include,
      exclude: messages.Exclude,
      maxResults: messages.MaxResults,
    };
  }
  throw new Error("an export job needs exactly one data source, with its dates");
}

/** Removes duplicates, so that nothing counts twice, and makes Unicode well-formed, as it is in events. */
function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.toWellFormed()))];
}

function datesOf(source: { StartDate?: string | undefined; EndDate?: string | undefined }) {
  return {
    StartDate: source.StartDate === undefined ? undefined : new Date(source.StartDate),
    EndDate: source.EndDate === undefined ? undefined : new Date(source.EndDate),
  };
}
