/**
 * What messages are searched by, as conditions on their folded state. Unlike the filters of SES's exports, which know case
 * and no parts of subjects, these are for people who type.
 */

import {
  deliveryKinds,
  engagementColumn,
  engagementKinds,
  kindOf,
  type Shown,
  scopeCondition,
} from "../events/message-state.ts";
import { type Condition, parseWildcard } from "../jobs/exports/message-filters.ts";
import { dimensionColumn, matchesDimension } from "./metrics/dimensions.ts";

/** What a message must be like: members are joined by AND, the values of a list by OR. */
export interface SearchFilters {
  /** Patterns with `*` at their ends, whatever their case. */
  recipient?: string | undefined;
  sender?: string | undefined;
  /** Without a `*`, a part of the subject. */
  subject?: string | undefined;
  messageId?: string | undefined;
  isps: readonly string[];
  lastDelivery: readonly (typeof deliveryKinds)[number][];
  lastEngagement: readonly (typeof engagementKinds)[number][];
  /** A message has all of them. */
  tags: readonly { name: string; value: string }[];
  configurationSet?: string | undefined;
  identity?: string | undefined;
  /** When it was sent; `to` is not included. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Reads `name:value`; the name of a tag of SES's own has a colon, too (`ses:operation`). Undefined for what is neither. */
export function parseTag(text: string): { name: string; value: string } | undefined {
  const colon = text.indexOf(":", text.startsWith("ses:") ? 4 : 0);
  return colon <= 0 ? undefined : { name: text.slice(0, colon), value: text.slice(colon + 1) };
}

/** To look a long list of ids up in the index takes longer than to compare them all: 3.4 s, not 1.4, for 400,000. */
export const searchSettings = "use_index_for_in_with_subqueries_max_values = 1000";

/** The conditions of a search; `searchSettings` belong to the query. */
export interface SearchCondition {
  /** On the key and the time of sending, the same in all rows of a message: rows that fail can be left out unfolded. */
  keys: Condition;
  /** On the folded row. */
  folded: Condition;
}

/**
 * The condition that a message passes the filters and is shown. `within` is a condition on message ids that narrows what
 * is looked through for tags. Throws a `WildcardError` where a `*` stands inside a pattern.
 */
export function searchCondition(filters: SearchFilters, shown: Shown, within: Condition): SearchCondition {
  const keys: Condition = { sql: within.sql, parameters: { ...within.parameters } };
  const folded: Condition = { sql: scopeCondition(shown.scope), parameters: {} };
  const and = (condition: Condition, sql: string, parameters: Record<string, unknown> = {}) => {
    condition.sql += ` AND ${sql}`;
    Object.assign(condition.parameters, parameters);
  };
  const { recipient, sender, subject, messageId, configurationSet, identity, from, to } = filters;

  if (from) and(keys, "sent_at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')", { from: from.getTime() });
  if (to) and(keys, "sent_at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')", { to: to.getTime() });
  if (messageId !== undefined) and(keys, "message_id = {messageId:String}", { messageId });
  if (recipient !== undefined) and(keys, ...matching("recipient", "recipient", parseWildcard(recipient)));
  // What tags a message has stands in its events only.
  for (const [index, { name, value }] of filters.tags.entries()) {
    // All recipients have the same tags, but for the one that names their provider. Ids alone take half the time.
    const columns = name === "ses:recipient-isp" ? "message_id, recipient" : "message_id";
    and(
      keys,
      `(${columns}) IN (SELECT ${columns} FROM events
        WHERE type = 'SEND' AND has(tags[{tagName${index}:String}], {tagValue${index}:String}) AND ${within.sql})`,
      { [`tagName${index}`]: name, [`tagValue${index}`]: value },
    );
  }

  if (sender !== undefined) and(folded, ...matching("source", "sender", parseWildcard(sender)));
  if (subject !== undefined) {
    const pattern = subject.includes("*") ? parseWildcard(subject) : ({ match: "contains", text: subject } as const);
    and(folded, ...matching("subject", "subject", pattern));
  }
  if (configurationSet !== undefined) {
    and(folded, `${dimensionColumn.CONFIGURATION_SET} = {configurationSet:String}`, { configurationSet });
  }
  if (identity !== undefined) and(folded, matchesDimension("EMAIL_IDENTITY", "{identity:String}"), { identity });
  if (filters.isps.length > 0) and(folded, "isp IN {isps:Array(String)}", { isps: filters.isps });
  const kinds = (column: string, names: readonly string[], wanted: readonly string[]) => {
    if (wanted.length > 0)
      and(folded, `${kindOf(column)} IN (${wanted.map((one) => names.indexOf(one) + 1).join(", ")})`);
  };
  kinds("last_delivery", deliveryKinds, filters.lastDelivery);
  kinds(engagementColumn("last_engagement", shown.machines), engagementKinds, filters.lastEngagement);
  return { keys, folded };
}

/** SQL for whether a column matches a pattern, whatever the case, with its parameter. */
function matching(
  column: string,
  name: string,
  { match, text }: ReturnType<typeof parseWildcard>,
): [string, Record<string, unknown>] {
  // To fold the case of ASCII alone takes a third of the time.
  const lower = isAscii(text) ? "lower" : "lowerUTF8";
  const value = `${lower}({${name}:String})`;
  const tests = {
    exact: `${lower}(${column}) = ${value}`,
    prefix: `startsWith(${lower}(${column}), ${value})`,
    suffix: `endsWith(${lower}(${column}), ${value})`,
    contains: `position(${lower}(${column}), ${value}) > 0`,
  };
  return [tests[match], { [name]: text }];
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant.
  return /^[\x00-\x7f]*$/.test(text);
}
