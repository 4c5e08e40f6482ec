/**
 * Conditions on message IDs that say when messages were sent. An ID begins with a prefix and the time of sending. Our own
 * have one prefix, those of mirrored accounts have others, so a range of time is a range of IDs for each prefix.
 */
import { firstMessageIdAt, sentAtOf } from "../events/message-id.ts";
import type { Condition } from "../jobs/exports/message-filters.ts";
import type { MessageKey } from "./message-search.ts";

/** In milliseconds since 1970; undefined: unbounded. */
export interface TimeRange {
  readonly since: number | undefined;
  /** Exclusive. */
  readonly before: number | undefined;
}

/** Sorts after every character of an ID. */
const last = "\x7f";
/** With more, the prefixes are none of SES's. The ranges then don't pay, and all IDs are read at once. */
const mostPrefixes = 64;

/** Whether IDs with these prefixes can be told by time. */
export function areTimed(prefixes: readonly string[]): boolean {
  return prefixes.length <= mostPrefixes;
}

/** The order of time, newest first, as columns to sort by. With one prefix it is the order of IDs, which the key has. */
export function newestFirst(prefixes: readonly string[]): string {
  const order = "message_id DESC, recipient DESC";
  return prefixes.length > 1 ? `substring(message_id, 5) DESC, ${order}` : order;
}

/** SQL for the messages that follow a message in that order. What it says of the key keeps newer parts from being read. */
export function following(prefixes: readonly string[], after: MessageKey | undefined): Condition {
  if (!after) return { sql: "1", parameters: {} };
  const parameters = { afterId: after.messageId, afterRecipient: after.recipient };
  if (prefixes.length === 1) {
    const sql =
      "message_id <= {afterId:String} AND (message_id, recipient) < ({afterId:String}, {afterRecipient:String})";
    return { sql, parameters };
  }
  const sql =
    "(substring(message_id, 5), message_id, recipient) < (substring({afterId:String}, 5), {afterId:String}, {afterRecipient:String})";
  const sentAt = sentAtOf(after.messageId).getTime();
  if (Number.isNaN(sentAt) || !areTimed(prefixes)) return { sql, parameters };
  const range = inRange(prefixes, { since: undefined, before: sentAt + 1 }, "after");
  return { sql: `${range.sql} AND ${sql}`, parameters: { ...range.parameters, ...parameters } };
}

/**
 * SQL for the messages of a range of time, as conditions on the key, so that other parts of the table are not read.
 * @param name what the names of its parameters begin with
 */
export function inRange(prefixes: readonly string[], { since, before }: TimeRange, name = "range"): Condition {
  if (since === undefined && before === undefined) return { sql: "1", parameters: {} };
  const parameters: Record<string, string> = {};
  const ranges = prefixes.map((prefix, index) => {
    const parts: string[] = [];
    const add = (comparison: string, end: string, id: string | undefined) => {
      if (id === undefined) return;
      const parameter = `${name}${end}${index}`;
      parts.push(`message_id ${comparison} {${parameter}:String}`);
      parameters[parameter] = id;
    };
    const isOnly = prefixes.length === 1;
    add(">=", "Since", since === undefined ? (isOnly ? undefined : prefix) : firstMessageIdAt(since, prefix));
    add("<", "Before", before === undefined ? (isOnly ? undefined : prefix + last) : firstMessageIdAt(before, prefix));
    return `(${parts.join(" AND ")})`;
  });
  return { sql: `(${ranges.join(" OR ")})`, parameters };
}
