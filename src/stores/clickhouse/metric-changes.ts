/** The table metric_changes: which ranges of messages have changed. Its migration describes it. */
import { isUtf8 } from "node:buffer";
import { array, number, object, string, tuple } from "valibot";
import type { EventDatabase } from "./event-database.ts";
import { selectRows } from "./select-rows.ts";

type Events = Pick<EventDatabase, "client">;

/** The number of characters that the IDs of a range have in common. */
const rangeLength = 10;
const rangeText = `substring(message_id, 1, ${rangeLength})`;
/**
 * SQL for whether a message ID is in SES's form, so that it belongs to a range of time. It doesn't check all of it, only
 * that the range is text that ends before `g` (see `endOfRange`), and that few IDs in another form have ranges.
 */
export const isTimedId = `(substring(message_id, 17, 1) = '-' AND substring(message_id, ${rangeLength}, 1) < 'g' AND isValidUTF8(${rangeText}))`;
/** SQL for the range of a message. */
export const rangeOf = `if(${isTimedId}, ${rangeText}, '')`;

/** The range of a message, as `rangeOf`. */
export function rangeOfMessage(messageId: string): string {
  const bytes = Buffer.from(messageId);
  const range = bytes.subarray(0, rangeLength);
  const isTimed = bytes[16] === 0x2d && (bytes[rangeLength - 1] ?? 0xff) < 0x67 && isUtf8(range);
  return isTimed ? range.toString() : "";
}

/** An upper bound for the IDs of a range other than '', and a lower one for those of later ranges. */
export function endOfRange(range: string): string {
  return range.slice(0, -1) + String.fromCharCode(range.charCodeAt(range.length - 1) + 1);
}

/**
 * Marks ranges as changed, so that they are counted again. To be called after states of messages are deleted and before
 * their events are: if the process ends in between, a repeated deletion still finds the events and marks their ranges.
 * @param condition SQL for the events to be deleted, with its parameters
 */
export async function markDeletion(
  { client }: Events,
  condition: string,
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  await client.command({
    query: `INSERT INTO metric_changes SELECT ${rangeOf} AS message_range, toUInt64(1), now('UTC')
      FROM events WHERE ${condition} GROUP BY message_range`,
    query_params: { ...parameters },
  });
}

/**
 * Marks ranges as changed after an insert of events whose mark may have been read before the insert was complete: one that
 * did not come from the outbox, whose end the refresher doesn't know.
 */
export async function markInsertion(
  events: Pick<EventDatabase, "insertRows">,
  ranges: Iterable<string>,
): Promise<void> {
  const changed_at = Math.floor(Date.now() / 1000);
  const lines = [...ranges].map((message_range) => `${JSON.stringify({ message_range, changes: 1, changed_at })}\n`);
  if (lines.length > 0) await events.insertRows("metric_changes", [Buffer.from(lines.join(""))]);
}

/** Whether changes have been noted for so long that no insert is in progress that began before. */
export async function areChangesNoted({ client }: Events, seconds: number): Promise<boolean> {
  const [row] = await selectRows(client, object({ noted: number() }), {
    sql: `SELECT count() AS noted FROM system.tables WHERE database = currentDatabase() AND name = 'note_metric_changes'
      AND metadata_modification_time <= now() - {seconds:UInt32}`,
    parameters: { seconds },
    what: "the time since changes are noted",
  });
  return row !== undefined && row.noted > 0;
}

/**
 * Adds all ranges, for messages from before the table existed. Reads one column of the states. Whoever calls it must
 * know that no insert is in progress that began before the table existed.
 */
export async function addAllRanges({ client }: Events): Promise<void> {
  await client.command({
    query: `INSERT INTO metric_changes SELECT ${rangeOf} AS message_range, toUInt64(1), now('UTC')
      FROM message_states GROUP BY message_range SETTINGS max_threads = 1`,
  });
  await client.command({ query: "INSERT INTO metric_coverage SELECT 1 AS complete" });
}

/** A range whose counts are missing or outdated. */
export interface OutdatedRange {
  readonly range: string;
  /** Its changes when it was read. */
  readonly changes: number;
}

const outdatedRow = object({ message_range: string(), changes: number() });

/** Whether `metric_changes` has all ranges. */
export async function hasAllRanges({ client }: Events): Promise<boolean> {
  const sql = "SELECT count() AS complete FROM metric_coverage";
  const what = "the coverage of metrics";
  const [row] = await selectRows(client, object({ complete: number() }), { sql, what });
  return row !== undefined && row.complete > 0;
}

/** Which outdated ranges to count. */
export interface RefreshLimits {
  /** Not those that changed within this time: they will probably change again soon. */
  readonly quietSeconds: number;
  /** Not those that were counted within this time. */
  readonly againSeconds: number;
  /** The maximum number of ranges. */
  readonly ranges: number;
  /** How long changes must have been noted before the ranges of older messages are added, on a server. */
  readonly settleSeconds: number;
}

/** The ranges whose counts are missing or outdated, the newest first. */
export async function outdatedRanges(
  { client }: Events,
  { quietSeconds, againSeconds, ranges }: Omit<RefreshLimits, "settleSeconds">,
): Promise<OutdatedRange[]> {
  // A time in the future was noted before the clock was set back.
  const isOver = (time: string, seconds: string) =>
    `(${time} <= now('UTC') - {${seconds}:UInt32} OR ${time} > now('UTC'))`;
  const rows = await selectRows(client, outdatedRow, {
    sql: `SELECT message_range, changes FROM (
        SELECT message_range, sum(metric_changes.changes) AS changes, max(changed_at) AS last_change
        FROM metric_changes GROUP BY message_range) AS changed
      LEFT JOIN (
        SELECT message_range, max(metric_counts.changes) AS counted, max(metric_counts.counted_at) AS counted_at
        FROM metric_counts GROUP BY message_range) AS counts
      USING (message_range)
      WHERE changes != counted AND ${isOver("last_change", "quiet")} AND ${isOver("counted_at", "again")}
      ORDER BY substring(message_range, 5) DESC, message_range LIMIT {limit:UInt32}`,
    parameters: { quiet: quietSeconds, again: againSeconds, limit: ranges },
    what: "the ranges to count",
  });
  return rows.map(({ message_range: range, changes }) => ({ range, changes }));
}

/** What the counts of a range are good for, in an interval. */
export type RangeState = "outdated" | "inside" | "outside";

const states: readonly RangeState[] = ["outdated", "inside", "outside"];
const stateRow = object({ complete: number(), ranges: array(tuple([string(), number(), number()])) });

/** A range of messages in an interval. */
export interface CountedRange {
  readonly range: string;
  readonly state: RangeState;
  /** With the range, it identifies its counts. */
  readonly changes: number;
}

/** In milliseconds since 1970; `end` is exclusive. */
export interface CountedInterval {
  /** When the first messages of interest were sent: at `start` or before. */
  readonly sentSince: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The ranges of messages in the order of their IDs, and whether their counts hold and have times in an interval, from
 * `sentSince` on. Counts that one of the three times divides are outdated, too. Undefined if not all ranges are known yet.
 */
export async function readRangeStates(
  { client }: Events,
  { sentSince, start, end }: CountedInterval,
  signal?: AbortSignal,
): Promise<CountedRange[] | undefined> {
  const dayMs = 24 * 3_600_000;
  // Counts are by day, so no midnight divides them.
  const divided = Object.entries({ sentSince, start, end })
    .filter(([, time]) => time % dayMs !== 0)
    .map(
      ([name]) =>
        `(begins < {${name}:Int64} AND ends >= {${name}:Int64} AND arrayExists((first, last) -> first < {${name}:Int64} AND last >= {${name}:Int64}, first_at, last_at))`,
    );
  const isDivided = divided.length === 0 ? "0" : divided.join(" OR ");
  const [row] = await selectRows(client, stateRow, {
    sql: `SELECT (SELECT count() FROM metric_coverage) AS complete,
        arraySort(groupArray((message_range, multiIf(counted = 0 OR unusable, 0, ends >= {sentSince:Int64} AND begins < {end:Int64}, 1, 2), toUInt32(changes)))) AS ranges
      FROM (SELECT message_range, sum(metric_changes.changes) AS changes FROM metric_changes GROUP BY message_range) AS changed
      LEFT JOIN (
        SELECT message_range, metric_counts.changes AS changes, 1 AS counted, begins, ends, too_many OR ${isDivided} AS unusable
        FROM metric_counts FINAL) AS counts
      USING (message_range, changes)`,
    parameters: { sentSince, start, end },
    what: "the counted ranges",
    signal,
  });
  if (!row || row.complete === 0) return undefined;
  return row.ranges.map(([range, state, changes]) => ({ range, state: states[state] ?? "outdated", changes }));
}

/** Deletes counts that later ones have replaced, and that no query can have decided to use. */
export async function deleteReplacedCounts({ client }: Events, olderThanSeconds: number): Promise<void> {
  await client.command({
    query: `DELETE FROM metric_counts WHERE counted_at < now('UTC') - {seconds:UInt32} AND (message_range, changes) NOT IN (
      SELECT message_range, max(changes) FROM metric_counts GROUP BY message_range)`,
    query_params: { seconds: olderThanSeconds },
  });
}
