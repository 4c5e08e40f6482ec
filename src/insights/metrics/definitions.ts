/**
 * Definitions of SES's metrics. Each metric counts a message and recipient once, on the day of the first event, which
 * makes opens and clicks unique. DELIVERY_OPEN, DELIVERY_CLICK and DELIVERY_COMPLAINT are the denominators of the rates
 * of opens, clicks and complaints: deliveries of mail that could be opened, clicked, complained about.
 *
 * An event with a time before the sending, from another clock, counts at the time of sending. Events 60 days or more
 * after the sending are not counted. Therefore a day's count doesn't depend on the requested interval.
 */
import type { Metric } from "@aws-sdk/client-sesv2";
import { engagementColumn, type MachineEngagement } from "../../events/message-state.ts";

interface Definition {
  /** The column of the aggregated state with the relevant time. */
  at: string;
  /** An additional condition. */
  only?: string;
  /** The denominator of the metric's rate. */
  outOf: Metric;
}

/** All metrics. SES defines no rates of DELIVERY_OPEN and the like; here they are fractions of all deliveries. */
export const metricDefinitions: Record<Metric, Definition> = {
  // A mirrored account may publish other events only: its mail is known, but not all of it.
  SEND: { at: "sent_at", only: "send_seen = 1", outOf: "SEND" },
  DELIVERY: { at: "delivered_at", outOf: "SEND" },
  PERMANENT_BOUNCE: { at: "bounced_permanently_at", outOf: "SEND" },
  TRANSIENT_BOUNCE: { at: "bounced_transiently_at", outOf: "SEND" },
  COMPLAINT: { at: "complained_at", outOf: "DELIVERY_COMPLAINT" },
  OPEN: { at: "opened_at", outOf: "DELIVERY_OPEN" },
  CLICK: { at: "clicked_at", outOf: "DELIVERY_CLICK" },
  DELIVERY_OPEN: { at: "delivered_at", only: "open_tracked = 1", outOf: "DELIVERY" },
  DELIVERY_CLICK: { at: "delivered_at", only: "click_tracked = 1", outOf: "DELIVERY" },
  DELIVERY_COMPLAINT: { at: "delivered_at", only: "feedback_loop = 1", outOf: "DELIVERY" },
};

/** How long a message is counted after its sending, in milliseconds. SES collects opens and clicks for 60 days. */
export const countedMs = 60 * 24 * 3600 * 1000;

/** SQL for the time at which a message counts for a metric; in the year 2200 if it doesn't. */
export function countedAt(metric: Metric, machines: MachineEngagement): string {
  const at = columnOf(metric, machines);
  return at === "sent_at" ? at : `greatest(${at}, sent_at)`;
}

/** SQL for whether a message counts for a metric from `{start}` to `{end}` (milliseconds; end exclusive). */
export function isCounted(metric: Metric, machines: MachineEngagement): string {
  return `${isWithin(countedAt(metric, machines))} AND ${isEverCounted(metric, machines)}`;
}

/** SQL for whether a message counts for a metric at any time. */
export function isEverCounted(metric: Metric, machines: MachineEngagement): string {
  const { only } = metricDefinitions[metric];
  const at = columnOf(metric, machines);
  const conditions: string[] = [];
  if (at !== "sent_at") conditions.push(`${milliseconds(at)} < ${milliseconds("sent_at")} + ${countedMs}`);
  if (only) conditions.push(only);
  return conditions.join(" AND ");
}

/** SQL that counts a metric from `{start}` to `{end}` (milliseconds; end exclusive). */
export function countMetric(metric: Metric, machines: MachineEngagement): string {
  return `countIf(${isCounted(metric, machines)})`;
}

function columnOf(metric: Metric, machines: MachineEngagement): string {
  const { at } = metricDefinitions[metric];
  return at === "opened_at" || at === "clicked_at" ? engagementColumn(at, machines) : at;
}

/**
 * Whether a time is in the interval. Comparing milliseconds as numbers instead of times saves a fifth of the duration
 * of a query over all messages.
 */
function isWithin(at: string): string {
  return `${milliseconds(at)} >= {start:Int64} AND ${milliseconds(at)} < {end:Int64}`;
}

/** SQL for a time in milliseconds since 1970. */
export function milliseconds(at: string): string {
  return `toUnixTimestamp64Milli(${at})`;
}

/** SQL for whether a column is in the interval; parts of the table outside it are not read. */
export function inInterval(at: string): string {
  return `${at} >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ${at} < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;
}

/** SQL for the messages with possible countable events in the interval: older partitions are not read. */
export function countableMessages(): string {
  return `sent_at >= fromUnixTimestamp64Milli({start:Int64} - ${countedMs}, 'UTC')
    AND sent_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;
}

/** A metric as a fraction of its denominator, from 0 to 1; 0 if the denominator is 0. */
export function rate(metric: Metric, volumes: Readonly<Record<string, number>>): number {
  const whole = volumes[metricDefinitions[metric].outOf] ?? 0;
  return whole === 0 ? 0 : (volumes[metric] ?? 0) / whole;
}
