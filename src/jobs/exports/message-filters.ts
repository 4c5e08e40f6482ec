/**
 * MessageInsightsFilters as conditions on the aggregated state of messages. As in SES, different fields are combined
 * with AND, the values of one field with OR, matching is case-sensitive, and Exclude drops messages that match all its
 * fields.
 */
import type { MessageInsightsFilters } from "@aws-sdk/client-sesv2";
import {
  deliveryKinds,
  engagementColumn,
  engagementKinds,
  kindOf,
  type MachineEngagement,
} from "../../events/message-state.ts";

/** An SQL condition with the values of its `{name:Type}` parameters. */
export interface Condition {
  sql: string;
  parameters: Record<string, unknown>;
}

/** An invalid wildcard pattern: `*` is allowed only at the beginning and the end. */
export class WildcardError extends Error {
  override name = "WildcardError";
}

type Match = "exact" | "prefix" | "suffix" | "contains";

/** The literal text of a pattern and how to match it. Throws a `WildcardError`. */
export function parseWildcard(pattern: string): { match: Match; text: string } {
  let text = "";
  let leading = false;
  let trailing = false;
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === "\\") {
      const next = pattern.charAt(index + 1);
      // A backslash before any other character is literal: SES documents only these two escapes.
      if (next === "*" || next === "\\") index++;
      text += next === "*" ? "*" : "\\";
    } else if (character === "*") {
      if (index === 0) leading = true;
      else if (index === pattern.length - 1) trailing = true;
      else throw new WildcardError(pattern);
    } else {
      text += character;
    }
  }
  // A single `*` counts as both and matches everything.
  const match: Match = leading ? (trailing ? "contains" : "suffix") : trailing ? "prefix" : "exact";
  return { match, text };
}

/** The condition that a message passes the filters. `prefix` distinguishes the parameters of Include and Exclude. */
export function filterCondition(
  filters: MessageInsightsFilters | undefined,
  prefix: string,
  machines: MachineEngagement,
): Condition | undefined {
  if (!filters) return undefined;
  const parameters: Record<string, unknown> = {};
  const all: string[] = [];

  const anyOf = (
    name: string,
    values: readonly string[] | undefined,
    one: (parameter: string, value: string) => string,
  ) => {
    if (!values || values.length === 0) return;
    const each = values.map((value, index) => one(`${prefix}${name}${index}`, value));
    all.push(`(${each.join(" OR ")})`);
  };
  const exact = (column: string) => (parameter: string, value: string) => {
    parameters[parameter] = value;
    return `${column} = {${parameter}:String}`;
  };
  const wildcard = (column: string) => (parameter: string, pattern: string) => {
    const { match, text } = parseWildcard(pattern);
    parameters[parameter] = text;
    const value = `{${parameter}:String}`;
    switch (match) {
      case "exact":
        return `${column} = ${value}`;
      case "prefix":
        return `startsWith(${column}, ${value})`;
      case "suffix":
        return `endsWith(${column}, ${value})`;
      case "contains":
        return `position(${column}, ${value}) > 0`;
    }
  };
  const kind = (column: string, kinds: readonly string[]) => (_: string, value: string) =>
    `${kindOf(column)} = ${kinds.indexOf(value) + 1}`;

  anyOf("From", filters.FromEmailAddress, wildcard("source"));
  anyOf("Destination", filters.Destination, wildcard("recipient"));
  anyOf("Subject", filters.Subject, wildcard("subject"));
  anyOf("Isp", filters.Isp, exact("isp"));
  anyOf("Tenant", filters.TenantName, exact("tenant"));
  anyOf("Delivery", filters.LastDeliveryEvent, kind("last_delivery", deliveryKinds));
  anyOf(
    "Engagement",
    filters.LastEngagementEvent,
    kind(engagementColumn("last_engagement", machines), engagementKinds),
  );
  return all.length === 0 ? undefined : { sql: all.join(" AND "), parameters };
}
