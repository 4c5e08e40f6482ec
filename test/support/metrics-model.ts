/** What a metrics file counts (docs/metrics.md), said as simply as it can be. */
import type { ExportMetric } from "@aws-sdk/client-sesv2";
import type { MetricsSource } from "../../src/jobs/exports/data-source.ts";
import { ispNames } from "../../src/mail/isp.ts";
import type { MessageState } from "./message-model.ts";

/** The name of a metric. */
export type Metric = NonNullable<ExportMetric["Name"]>;
type Dimension = MetricsSource["dimensions"][number];

const sixtyDays = 60 * 24 * 3600 * 1000;

/** What a rate is a share of (docs/metrics.md). */
export const rateWholes: Record<Metric, Metric> = {
  SEND: "SEND",
  DELIVERY: "SEND",
  PERMANENT_BOUNCE: "SEND",
  TRANSIENT_BOUNCE: "SEND",
  OPEN: "DELIVERY_OPEN",
  CLICK: "DELIVERY_CLICK",
  COMPLAINT: "DELIVERY_COMPLAINT",
  DELIVERY_OPEN: "DELIVERY",
  DELIVERY_CLICK: "DELIVERY",
  DELIVERY_COMPLAINT: "DELIVERY",
};

/** When a metric counts a message; undefined where it does not. */
function counted(state: MessageState, metric: Metric): Date | undefined {
  const at = happened(state, metric)?.getTime();
  const sent = state.sentAt.getTime();
  return at === undefined || at >= sent + sixtyDays ? undefined : new Date(Math.max(at, sent));
}

function happened({ first, facts, sentAt }: MessageState, metric: Metric): Date | undefined {
  switch (metric) {
    case "SEND":
      return sentAt;
    case "DELIVERY_OPEN":
      return facts?.openTracked ? first.get("DELIVERY") : undefined;
    case "DELIVERY_CLICK":
      return facts?.clickTracked ? first.get("DELIVERY") : undefined;
    case "DELIVERY_COMPLAINT":
      return facts?.feedbackLoop ? first.get("DELIVERY") : undefined;
    default:
      return first.get(metric);
  }
}

/** The values of a dimension that a message counts for. */
function valuesOf({ facts }: MessageState, [dimension, asked]: Dimension): string[] {
  const own = {
    ISP: facts?.isp,
    EMAIL_IDENTITY: facts?.identity,
    CONFIGURATION_SET: facts?.configurationSet,
    TENANT_NAME: facts?.tenant,
  }[dimension];
  if (asked.includes("*")) return own ? [own] : [];
  const domain = facts?.source.split("@")[1] ?? "";
  const more = dimension === "EMAIL_IDENTITY" ? [facts?.source, domain] : [];
  return [...new Set(asked)].filter((value) => [own, ...more].includes(value));
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (heads, list) => heads.flatMap((head) => list.map((value) => [...head, value])),
    [[]],
  );
}

/** The file's lines but the header, sorted. */
export function metricsLines(states: readonly MessageState[], source: MetricsSource): string[] {
  const { start, end, dimensions, metrics } = source;
  const countable = states.filter(({ sentAt }) => sentAt.getTime() >= start.getTime() - sixtyDays && sentAt < end);
  const members = new Map<string, MessageState[]>();
  for (const state of countable) {
    for (const values of combinations(dimensions.map((dimension) => valuesOf(state, dimension)))) {
      const key = JSON.stringify(values);
      members.set(key, [...(members.get(key) ?? []), state]);
    }
  }
  // What occurs for the open dimensions, with every value of the listed ones.
  const keys = new Set(members.keys());
  const isListed = ([dimension, values]: Dimension) => dimension === "ISP" || !values.includes("*");
  const listed = dimensions.map(([dimension, values]) =>
    !isListed([dimension, values]) ? [""] : values.includes("*") ? ispNames : [...new Set(values)],
  );
  const occurring = dimensions.every(isListed)
    ? [dimensions.map(() => "")]
    : [...keys].map((key): string[] => JSON.parse(key));
  for (const values of occurring) {
    for (const combination of combinations(listed)) {
      keys.add(
        JSON.stringify(
          dimensions.map((dimension, index) => (isListed(dimension) ? combination[index] : values[index])),
        ),
      );
    }
  }
  return [...keys]
    .map((key) => {
      const volume = (metric: Metric) =>
        (members.get(key) ?? []).filter((state) => {
          const at = counted(state, metric);
          return at !== undefined && at >= start && at < end;
        }).length;
      const numbers = metrics.map(({ Name: metric = "SEND", Aggregation }) => {
        if (Aggregation !== "RATE") return volume(metric);
        const whole = volume(rateWholes[metric]);
        return whole === 0 ? 0 : volume(metric) / whole;
      });
      return [...JSON.parse(key), ...numbers.map((number) => number.toFixed(4))].join(",");
    })
    .sort();
}
