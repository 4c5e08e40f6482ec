/**
 * Searches messages, newest first, a page at a time. Message ids begin with the time of sending and are the key of the table,
 * so a page is looked for in ranges of ids, from the newest on, each larger than the one before: a page of what is common
 * is there after the first range or two, and what is rare costs hardly more than one look at everything. In one query, the
 * engine folds and filters all messages before it knows the newest.
 * A page ends at a message, not at a number: what comes in meanwhile is newer, and moves nothing.
 */

import { type InferOutput, number, object, picklist, string } from "valibot";
import type { MessageRow } from "../admin-api/message-search.ts";
import {
  bounceElement,
  deliveryKinds,
  engagementColumn,
  engagementKinds,
  kindName,
  type Shown,
} from "../events/message-state.ts";
import type { Condition } from "../jobs/exports/message-filters.ts";
import type { EventReader } from "./event-reader.ts";
import { type SearchFilters, searchCondition, searchSettings } from "./message-filters.ts";

/** What a search reads. */
export interface SearchServices {
  reader: EventReader;
  shown: Shown;
}

/** A message to one recipient. */
export interface MessageKey {
  messageId: string;
  recipient: string;
}

/** How far back the ranges go, in milliseconds; the last one has no beginning. */
const hour = 3600 * 1000;
const reaches = [hour, 24 * hour, 10 * 24 * hour];

/**
 * The messages older than `after` that pass, newest first, at most `limit`. Throws a `WildcardError` where a `*` stands
 * inside a pattern.
 */
export async function searchMessages(
  services: SearchServices,
  filters: SearchFilters,
  page: { after: MessageKey | undefined; limit: number; now: Date; signal?: AbortSignal },
): Promise<MessageRow[]> {
  const found: MessageRow[] = [];
  let before: string | undefined;
  for (const since of rangeStarts(filters, page)) {
    const limit = page.limit - found.length;
    const range = { since, before, after: page.after };
    found.push(...(await selectRange(services, filters, range, limit, page.signal)));
    if (found.length >= page.limit) break;
    before = since;
  }
  return found;
}

/** How many messages pass, each to one recipient. Throws a `WildcardError` as a search does. */
export async function countMessages(
  { reader, shown }: SearchServices,
  filters: SearchFilters,
  signal?: AbortSignal,
): Promise<number> {
  const { keys, folded } = searchCondition(filters, shown, { sql: "1", parameters: {} });
  const [row] = await reader.rows(
    object({ count: number() }),
    `SELECT count() AS count FROM message_states FINAL PREWHERE ${keys.sql} WHERE ${folded.sql}
      SETTINGS ${searchSettings}`,
    { ...keys.parameters, ...folded.parameters },
    signal,
  );
  return row?.count ?? 0;
}

interface IdRange {
  /** The first id in it; undefined for no beginning. */
  since: string | undefined;
  /** The first id beyond it; undefined for no end. */
  before: string | undefined;
  /** The last message that was told of. */
  after: MessageKey | undefined;
}

/** Where each range begins, the newest first. */
function rangeStarts(
  { to, messageId }: SearchFilters,
  { after, now }: { after: MessageKey | undefined; now: Date },
): (string | undefined)[] {
  // One look-up by the key.
  if (messageId !== undefined) return [undefined];
  const ends = [now.getTime(), to?.getTime(), after && timeOf(after.messageId)].filter((end) => end !== undefined);
  const end = Math.min(...ends);
  return [...reaches.map((reach) => firstIdAt(end - reach)), undefined];
}

/** The smallest id that a message of this server can have that was sent then (src/events/message-id.ts). */
function firstIdAt(time: number): string {
  return `0100${Math.max(0, Math.floor(time)).toString(16).padStart(12, "0")}`;
}

/** When an id says that its message was sent; undefined for ids of another make. */
function timeOf(messageId: string): number | undefined {
  const digits = /^[0-9a-f]{4}([0-9a-f]{12})-/.exec(messageId)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** A row as the query answers it: '' for what there is not. */
const foundRow = object({
  messageId: string(),
  recipient: string(),
  sentAt: number(),
  sender: string(),
  subject: string(),
  isp: string(),
  lastDelivery: picklist(["", ...deliveryKinds]),
  lastEngagement: picklist(["", ...engagementKinds]),
  bounceSubType: string(),
  diagnostic: string(),
});

type FoundRow = InferOutput<typeof foundRow>;

async function selectRange(
  { reader, shown }: SearchServices,
  filters: SearchFilters,
  range: IdRange,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<MessageRow[]> {
  const { keys, folded } = searchCondition(filters, shown, rangeCondition(range));
  const beyond = range.after ? "AND (message_id, recipient) < ({afterId:String}, {afterRecipient:String})" : "";
  // What is shown is read for the page alone: to read it for all that is looked through takes three times as long.
  const found = await reader.rows(
    foundRow,
    `SELECT message_id AS messageId, recipient, toUnixTimestamp64Milli(sent_at) AS sentAt, source AS sender, subject,
        toString(isp) AS isp, ${kindName("last_delivery", deliveryKinds)} AS lastDelivery,
        ${kindName(engagementColumn("last_engagement", shown.machines), engagementKinds)} AS lastEngagement,
        ${bounceElement("sub_type")} AS bounceSubType, ${bounceElement("diagnostic")} AS diagnostic
      FROM message_states FINAL
      PREWHERE (message_id, recipient) IN (
        SELECT message_id, recipient FROM message_states FINAL
        PREWHERE ${keys.sql} ${beyond} WHERE ${folded.sql}
        ORDER BY message_id DESC, recipient DESC LIMIT {limit:UInt32} SETTINGS optimize_read_in_order = 0, ${searchSettings})
      ORDER BY message_id DESC, recipient DESC SETTINGS optimize_read_in_order = 0`,
    {
      ...keys.parameters,
      ...folded.parameters,
      ...(range.after && { afterRecipient: range.after.recipient }),
      limit,
    },
    signal,
  );
  return found.map(messageRow);
}

/** The condition on ids alone, which the engine answers from the key. */
function rangeCondition({ since, before, after }: IdRange): Condition {
  const parts = ["1"];
  const parameters: Record<string, unknown> = {};
  const add = (comparison: string, name: string, id: string | undefined) => {
    if (id === undefined) return;
    parts.push(`message_id ${comparison} {${name}:String}`);
    parameters[name] = id;
  };
  add(">=", "since", since);
  add("<", "before", before);
  add("<=", "afterId", after?.messageId);
  return { sql: parts.join(" AND "), parameters };
}

function messageRow({ sentAt, lastDelivery, lastEngagement, bounceSubType, diagnostic, ...row }: FoundRow): MessageRow {
  return {
    ...row,
    sentAt: new Date(sentAt).toISOString(),
    ...(lastDelivery && { lastDelivery }),
    ...(lastEngagement && { lastEngagement }),
    ...(bounceSubType && { bounceSubType }),
    ...(diagnostic && { diagnostic }),
  };
}
