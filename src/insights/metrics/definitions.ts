/**
 * What SES's metrics count. Each counts a message and recipient once, on the day it first happened; opens and clicks
 * are unique by that. DELIVERY_OPEN, DELIVERY_CLICK and DELIVERY_COMPLAINT are what the rates of opens, clicks and
 * complaints are measured against: deliveries of mail that could be opened, clicked, complained about.
 *
 * What another clock tells of a time before the sending counts as of the sending, and what happens 60 days after it or
 * later is not counted. So what a day counts doesn't depend on the interval that is asked for.
 */
import type { Metric } from "@aws-sdk/client-sesv2";
import { engagementColumn, type MachineEngagement } from "../../events/message-state.ts";

interface Definition {
  /** The column of the folded state with the time that counts. */
  at: string;
  /** What else must hold. */
  only?: string;
  /** The metric of which a rate is the share. */
  outOf: Metric;
}

/** Every metric. The rates of deliveries that could be opened (and so on) are shares of all deliveries: SES names none. */
export const metricDefinitions: Record<Metric, Definition> = {
  SEND: { at: "sent_at", outOf: "SEND" },
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

/** SES collects opens and clicks for 60 days after sending. */
const countedMs = 60 * 24 * 3600 * 1000;

/** SQL for when it happened that a message counts for a metric; in 2200 where it never did. */
export function countedAt(metric: Metric, machines: MachineEngagement): string {
  const at = columnOf(metric, machines);
  return at === "sent_at" ? at : `greatest(${at}, sent_at)`;
}

/** SQL for whether a message counts for a metric from `{start}` to `{end}` (milliseconds; the end not included). */
export function isCounted(metric: Metric, machines: MachineEngagement): string {
  const { only } = metricDefinitions[metric];
  const at = columnOf(metric, machines);
  const conditions = [isWithin(countedAt(metric, machines))];
  if (at !== "sent_at") conditions.push(`${milliseconds(at)} < ${milliseconds("sent_at")} + ${countedMs}`);
  if (only) conditions.push(only);
  return conditions.join(" AND ");
}

/** SQL that counts a metric from `{start}` to `{end}` (milliseconds; the end not included). */
export function countMetric(metric: Metric, machines: MachineEngagement): string {
  return `countIf(${isCounted(metric, machines)})`;
}

function columnOf(metric: Metric, machines: MachineEngagement): string {
  const { at } = metricDefinitions[metric];
  return at === "opened_at" || at === "clicked_at" ? engagementColumn(at, machines) : at;
}

/**
 * Whether a time lies in the interval, counted in milliseconds: to compare numbers, not instants, spares a fifth of a
 * query over all messages.
 */
function isWithin(at: string): string {
  return `${milliseconds(at)} >= {start:Int64} AND ${milliseconds(at)} < {end:Int64}`;
}

function milliseconds(at: string): string {
  return `toUnixTimestamp64Milli(${at})`;
}

/** SQL for whether a column lies in the interval; parts of the table outside it are not read. */
export function inInterval(at: string): string {
  return `${at} >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ${at} < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;
}

/** SQL for the messages to which something countable can have happened in the interval: older partitions are not read. */
export function countableMessages(): string {
  return `sent_at >= fromUnixTimestamp64Milli({start:Int64} - ${countedMs}, 'UTC')
    AND sent_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;
}

/** A metric as a share of what it is measured against, from 0 to 1; 0 where there was nothing to measure against. */
export function rate(metric: Metric, volumes: Readonly<Record<string, number>>): number {
  const whole = volumes[metricDefinitions[metric].outOf] ?? 0;
  return whole === 0 ? 0 : (volumes[metric] ?? 0) / whole;
}
