/** What an export job exports: the request's ExportDataSource in the form that the job works with. */
import type { ExportMetric, MessageInsightsFilters, ExportDataSource as RequestedSource } from "@aws-sdk/client-sesv2";
import { parseData } from "../../common/parse-data.ts";
import { isDimension, type MetricDimension } from "../../insights/metrics/dimensions.ts";
import { storedDataSource } from "../../stores/postgres/stored-options.ts";

/** Which messages, from `start` to `end`, both included. */
export interface MessageInsightsSource {
  type: "MESSAGE_INSIGHTS";
  start: Date;
  end: Date;
  include: MessageInsightsFilters | undefined;
  exclude: MessageInsightsFilters | undefined;
  /** The most rows the file may have; a random sample where more match. */
  maxResults: number | undefined;
}

/** Which metrics, from the midnight of `start` to that of `end`, which is not included. */
export interface MetricsSource {
  type: "METRICS_DATA";
  start: Date;
  end: Date;
  /** In the order of the file's columns; `*` stands for every value. */
  dimensions: readonly (readonly [MetricDimension, readonly string[]])[];
  metrics: readonly ExportMetric[];
}

export type ExportDataSource = MessageInsightsSource | MetricsSource;

/** The stored data source as it was requested. Throws a `MalformedData` where it is none. */
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

/** The data source that a job works with. Throws where neither or both sources are given, as no stored job has it. */
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
  throw new Error("an export job needs just one data source with its dates");
}

/** Each value once, so that nothing counts twice; in well-formed Unicode, as events are. */
function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.toWellFormed()))];
}

function datesOf(source: { StartDate?: string | undefined; EndDate?: string | undefined }) {
  return {
    StartDate: source.StartDate === undefined ? undefined : new Date(source.StartDate),
    EndDate: source.EndDate === undefined ? undefined : new Date(source.EndDate),
  };
}
