/** Counts the mirrored events in the event database. */
import { number, object, string } from "valibot";
import type { EventType } from "../../events/event.ts";
import type { EventReader } from "../../insights/event-reader.ts";
import { allLive } from "../../insights/metrics/counted-ranges.ts";
import { selectDailySeries } from "../../insights/metrics/daily-series.ts";
import { isPublishedOncePerMessage } from "../../publishing/ses-event/event-names.ts";
import { type CountedType, countedTypes } from "./cloudwatch-counts.ts";
import { createDailyCounts, type DailyCounts, type DayRange, dayMs } from "./counts.ts";
import { vdmMetrics } from "./vdm-counts.ts";

/** The events that arrived, counted as SES counts them. */
export interface Arrived {
  readonly counts: DailyCounts;
  /** Counts per recipient, for types that SES counts once for a message with several recipients. */
  readonly recipients: DailyCounts;
}

/** SES tracks opens and clicks for 60 days after sending. */
const collectedMs = 60 * dayMs;

const eventRow = object({ type: string(), day: number(), messages: number(), events: number() });

/**
 * Counts the events of a scope's mirrored mail as CloudWatch does, on the day of the event: Send, Reject and Rendering
 * Failure once per message, other types once per recipient, and every open and click.
 */
export async function countArrivedEvents(reader: EventReader, scope: number, range: DayRange): Promise<Arrived> {
  const [counts, recipients] = [createDailyCounts(), createDailyCounts()];
  const rows = await reader.rows(
    eventRow,
    // Events of mirrored mail have IDs of version 8; those of own mail are random, except for reports received by mail.
    `SELECT toString(type) AS type, toUnixTimestamp(toStartOfDay(at, 'UTC')) AS day, uniqExact(message_id) AS messages,
       uniqExact(id) AS events
     FROM events
     WHERE scope = {scope:UInt32} AND substring(toString(id), 15, 1) = '8'
       AND at >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND at < fromUnixTimestamp64Milli({to:Int64}, 'UTC')
       AND sent_at >= fromUnixTimestamp64Milli({from:Int64} - ${collectedMs}, 'UTC')
     GROUP BY type, day`,
    { scope, from: range.from.getTime(), to: range.to.getTime() },
  );
  for (const { type, day, messages, events } of rows) {
    if (!isCounted(type)) continue;
    const isOnce = isPublishedOncePerMessage(type);
    counts.add(type, day * 1000, isOnce ? messages : events);
    if (isOnce) recipients.add(type, day * 1000, events);
  }
  return { counts, recipients };
}

function isCounted(type: string): type is CountedType & EventType {
  return countedTypes.some((counted) => counted === type);
}

const dailyRow = object({ day: number(), value: number() });

/** Counts a scope's metrics as VDM does: unique opens and clicks, and only mail with one recipient. */
export async function countArrivedMetrics(reader: EventReader, scope: number, range: DayRange): Promise<Arrived> {
  const counts = createDailyCounts();
  for (const metric of vdmMetrics) {
    const series = { metric, start: range.from, end: range.to, dimensions: {} };
    const { sql, parameters } = selectDailySeries(series, allLive, { scope, messages: "ses", machines: "count" });
    for (const { day, value } of await reader.rows(dailyRow, sql, parameters ?? {}))
      counts.add(metric, day * 1000, value);
  }
  return { counts, recipients: createDailyCounts() };
}
