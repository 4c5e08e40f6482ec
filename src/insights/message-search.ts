/**
 * Searches messages, newest first, one page at a time. Message IDs tell the time of sending and are the key of the table,
 * so a page is searched in ranges of IDs (id-ranges.ts), newest first, each larger than the previous one: a page of common
 * messages is complete after one or two ranges, and rare ones cost hardly more than a single scan. In a single query,
 * the engine would aggregate and filter all messages before it finds the newest.
 * A page ends at a message, not at an offset: messages that arrive meanwhile are newer and don't shift pages.
 */

import { type InferOutput, number, object, picklist, string } from "valibot";
import type { MessageRow } from "../admin-api/message-search.ts";
import { sentAtOf } from "../events/message-id.ts";
import {
  bounceElement,
  deliveryKinds,
  engagementColumn,
  engagementKinds,
  kindName,
  type Shown,
} from "../events/message-state.ts";
import type { EventReader } from "./event-reader.ts";
import { areTimed, following, inRange, newestFirst, type TimeRange } from "./id-ranges.ts";
import { type SearchFilters, searchCondition, searchSettings } from "./message-filters.ts";

export interface SearchServices {
  reader: EventReader;
  shown: Shown;
  /** What message IDs begin with. */
  prefixes: readonly string[];
}

/** Identifies a message to one recipient. */
export interface MessageKey {
  messageId: string;
  recipient: string;
}

/** A message that a search finds. */
export interface FoundMessage extends MessageRow {
  /** Its account and region; undefined in a search of one scope. */
  scope?: number;
}

/** How far back the ranges reach, in milliseconds; the last one is unbounded. */
const hour = 3600 * 1000;
const reaches = [hour, 24 * hour, 10 * 24 * hour];

/**
 * At most `limit` matching messages older than `after`, newest first. Throws a `WildcardError` if a `*` is inside a
 * pattern.
 */
export async function searchMessages(
  services: SearchServices,
  filters: SearchFilters,
  page: { after: MessageKey | undefined; limit: number; now: Date; signal?: AbortSignal },
): Promise<FoundMessage[]> {
  const found: FoundMessage[] = [];
  let before: number | undefined;
  for (const since of rangeStarts(services.prefixes, filters, page)) {
    const limit = page.limit - found.length;
    const range = { since, before, after: page.after };
    found.push(...(await selectRange(services, filters, { ...range, limit, signal: page.signal })));
    if (found.length >= page.limit) break;
    before = since;
  }
  return found;
}

/** The number of matching messages, counted per recipient. Throws a `WildcardError` like a search. */
export async function countMessages(
  { reader, shown }: Omit<SearchServices, "prefixes">,
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

interface PageRange extends TimeRange {
  /** The last message already returned. */
  after: MessageKey | undefined;
  limit: number;
  signal: AbortSignal | undefined;
}

/** The start of each range, newest first, in milliseconds; undefined for no lower bound. */
function rangeStarts(
  prefixes: readonly string[],
  { to, messageId }: SearchFilters,
  { after, now }: { after: MessageKey | undefined; now: Date },
): (number | undefined)[] {
  // A single lookup by key.
  if (messageId !== undefined || !areTimed(prefixes)) return [undefined];
  const ends = [now, to, after && sentAtOf(after.messageId)].map((end) => end?.getTime() ?? Number.NaN);
  // Ids of another make tell no time.
  const end = Math.min(...ends.filter((time) => !Number.isNaN(time)));
  return [...reaches.map((reach) => end - reach), undefined];
}

/** A row of the query's result: '' for missing values, 0 for a scope that was not asked for. */
const foundRow = object({
  scope: number(),
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
  { reader, shown, prefixes }: SearchServices,
  filters: SearchFilters,
  { limit, signal, after, since, before }: PageRange,
): Promise<FoundMessage[]> {
  const { keys, folded } = searchCondition(filters, shown, inRange(prefixes, { since, before }));
  const beyond = following(prefixes, after);
  const order = newestFirst(prefixes);
  // Read the displayed columns only for the page: reading them for all messages scanned takes three times as long.
  const found = await reader.rows(
    foundRow,
    `SELECT ${shown.scope === undefined ? "scope" : "0 AS scope"}, message_id AS messageId, recipient, toUnixTimestamp64Milli(sent_at) AS sentAt, source AS sender, subject,
        toString(isp) AS isp, ${kindName("last_delivery", deliveryKinds)} AS lastDelivery,
        ${kindName(engagementColumn("last_engagement", shown.machines), engagementKinds)} AS lastEngagement,
        ${bounceElement("sub_type")} AS bounceSubType, ${bounceElement("diagnostic")} AS diagnostic
      FROM message_states FINAL
      PREWHERE (message_id, recipient) IN (
        SELECT message_id, recipient FROM message_states FINAL
        PREWHERE ${keys.sql} AND ${beyond.sql} WHERE ${folded.sql}
        ORDER BY ${order} LIMIT {limit:UInt32} SETTINGS optimize_read_in_order = 0, ${searchSettings})
      ORDER BY ${order} SETTINGS optimize_read_in_order = 0`,
    { ...keys.parameters, ...folded.parameters, ...beyond.parameters, limit },
    signal,
  );
  return found.map(messageRow);
}

function messageRow({
  scope,
  sentAt,
  lastDelivery,
  lastEngagement,
  bounceSubType,
  diagnostic,
  ...row
}: FoundRow): FoundMessage {
  return {
    ...row,
    ...(scope > 0 && { scope }),
    sentAt: new Date(sentAt).toISOString(),
    ...(lastDelivery && { lastDelivery }),
    ...(lastEngagement && { lastEngagement }),
    ...(bounceSubType && { bounceSubType }),
    ...(diagnostic && { diagnostic }),
  };
}
