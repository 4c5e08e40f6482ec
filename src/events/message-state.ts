/** SQL to read the aggregated state of a message (the migrations of the event database define the aggregation). */
import type { Config } from "../config/config.ts";

/** The kinds of `last_delivery`, numbered from 1: SES's DeliveryEventType. */
export const deliveryKinds = [
  "SEND",
  "TRANSIENT_BOUNCE",
  "PERMANENT_BOUNCE",
  "UNDETERMINED_BOUNCE",
  "DELIVERY",
  "COMPLAINT",
] as const;

/** The kinds of `last_engagement`, numbered from 1: SES's EngagementEventType. */
export const engagementKinds = ["OPEN", "CLICK"] as const;

/** SQL for the kind in a packed column; 0 if there was no event. */
export function kindOf(column: "last_delivery" | "last_engagement" | (string & {})): string {
  return `bitAnd(${column}, 255)`;
}

/** SQL for the name of the kind in a packed column; '' if there was no event. */
export function kindName(column: string, kinds: readonly string[]): string {
  return `[${kinds.map((kind) => `'${kind}'`).join(", ")}][${kindOf(column)}]`;
}

/** SQL for the time in a packed column, in the format of exports; '' if there was no event. */
export function kindTime(column: string): string {
  const milliseconds = `toInt64(bitAnd(bitShiftRight(${column}, 8), ${2 ** 48 - 1}))`;
  return `if(${column} = 0, '', ${exportTime(`fromUnixTimestamp64Milli(${milliseconds}, 'UTC')`)})`;
}

/** SQL for a time in the format of export files: `2026-09-21 01:02:03.123 UTC`. */
export function exportTime(time: string): string {
  return `concat(toString(${time}), ' UTC')`;
}

/** Whether opens and clicks by machines count like those by people (as in SES), or are excluded. */
export type MachineEngagement = "apart" | "count";

/** Which messages and events of an account are shown and counted: what the settings say. */
export interface ShownKinds {
  /** All messages, or those that SES would show. */
  messages: "all" | "ses";
  machines: MachineEngagement;
}

/** Which messages and events are shown and counted. */
export interface Shown extends ShownKinds {
  /** Those of this account and region; undefined for all, which only the operator may see. */
  scope: number | undefined;
}

export function shownOf(config: Pick<Config, "insightsScope" | "machineEngagement">): ShownKinds {
  return { messages: config.insightsScope, machines: config.machineEngagement };
}

/** The column with events by people and machines, or by people only. */
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

/**
 * SQL condition, with its parameters, that excludes messages of other accounts and regions. All rows of a message have
 * the same scope, so it belongs into PREWHERE: rows of other scopes are skipped before they are aggregated.
 */
export function inScopeCondition({ scope }: Pick<Shown, "scope">): {
  sql: string;
  parameters: Readonly<Record<string, unknown>>;
} {
  return scope === undefined ? { sql: "1", parameters: {} } : { sql: "scope = {scope:UInt32}", parameters: { scope } };
}

/** SQL condition on the aggregated row that excludes messages that SES would not show. */
export function sesCondition({ messages }: Pick<Shown, "messages">): string {
  return messages === "ses" ? "in_ses_scope = 1" : "1";
}

/**
 * SQL for a field of the latest bounce; '' if there was none. It doesn't use `last_bounce.sub_type`: FINAL doesn't
 * aggregate a subcolumn that is read on its own, and returns that of any event.
 */
export function bounceElement(element: "sub_type" | "diagnostic"): string {
  return `tupleElement(last_bounce, '${element}')`;
}
