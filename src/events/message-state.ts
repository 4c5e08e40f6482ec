/** How the folded state of a message is read (the migration of the event database says how it is folded). */
import type { Config } from "../config/config.ts";

/** The kinds of `last_delivery`, from 1 on: SES's DeliveryEventType. */
export const deliveryKinds = [
  "SEND",
  "TRANSIENT_BOUNCE",
  "PERMANENT_BOUNCE",
  "UNDETERMINED_BOUNCE",
  "DELIVERY",
  "COMPLAINT",
] as const;

/** The kinds of `last_engagement`, from 1 on: SES's EngagementEventType. */
export const engagementKinds = ["OPEN", "CLICK"] as const;

/** SQL for the kind in a packed column; 0 where nothing happened. */
export function kindOf(column: "last_delivery" | "last_engagement" | (string & {})): string {
  return `bitAnd(${column}, 255)`;
}

/** SQL for the name of the kind in a packed column; '' where nothing happened. */
export function kindName(column: string, kinds: readonly string[]): string {
  return `[${kinds.map((kind) => `'${kind}'`).join(", ")}][${kindOf(column)}]`;
}

/** SQL for the time in a packed column, as exports write times; '' where nothing happened. */
export function kindTime(column: string): string {
  const milliseconds = `toInt64(bitAnd(bitShiftRight(${column}, 8), ${2 ** 48 - 1}))`;
  return `if(${column} = 0, '', ${exportTime(`fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`)})`;
}

/** SQL for a time as export files have it: `2026-09-21 01:02:03.123 UTC`. */
export function exportTime(time: string): string {
  return `concat(toString(${time}), ' UTC')`;
}

/** Whether opens and clicks of machines count like those of people (as they do in SES), or are left out. */
export type MachineEngagement = "apart" | "count";

/** What of messages is shown and counted. */
export interface Shown {
  /** All of them, or those that SES would show. */
  scope: "all" | "ses";
  machines: MachineEngagement;
}

/** What the settings say is shown. */
export function shownOf(config: Pick<Config, "insightsScope" | "machineEngagement">): Shown {
  return { scope: config.insightsScope, machines: config.machineEngagement };
}

/** The column with what people and machines did, or people alone. */
export function engagementColumn(
  column: "last_engagement" | "opened_at" | "clicked_at",
  machines: MachineEngagement,
): string {
  return machines === "count" ? column : byPerson[column];
}

const byPerson = {
  last_engagement: "last_engagement_by_person",
  opened_at: "opened_by_person_at",
  clicked_at: "clicked_by_person_at",
} as const;

/** SQL that keeps out what SES would not show. */
export function scopeCondition(scope: Shown["scope"]): string {
  return scope === "ses" ? "in_ses_scope = 1" : "1";
}

/**
 * SQL for what the latest bounce said; '' where there was none. Not `last_bounce.sub_type`: FINAL does not fold a
 * subcolumn that is read by itself, and answers that of any event.
 */
export function bounceElement(element: "sub_type" | "diagnostic"): string {
  return `tupleElement(last_bounce, '${element}')`;
}
