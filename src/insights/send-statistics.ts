/** The query of GetSendStatistics (SES v1): how much was sent, bounced, complained about and rejected, by quarters of an hour. */
import { number, object } from "valibot";
import { firstMessageIdAt } from "../events/message-id.ts";
import { deliveryKinds, inScopeCondition, kindOf, type Shown } from "../events/message-state.ts";
import { simulatorDomain } from "../mail/simulator.ts";
import type { StreamedQuery } from "../stores/clickhouse/event-database.ts";

/** A quarter of an hour, in milliseconds. */
export const quarterMs = 15 * 60 * 1000;

/** Bounces and complaints are counted of mail that was sent so long before the interval, in milliseconds. */
const reportedMs = 60 * 24 * 3600 * 1000;

/** A row of the query: how many messages to one recipient were sent (0), bounced (1), complained about (2), rejected (3). */
export const statisticsRow = object({
  what: number(),
  /** In quarters of an hour since 1970. */
  quarter: number(),
  count: number(),
});

/**
 * Counts from `start` to `end` (exclusive). A message to one recipient counts once in each, at the first bounce or
 * complaint. As in SES, mail to the mailbox simulator is not counted, and bounces and complaints that only say that the
 * recipient is suppressed are not.
 */
export function selectSendStatistics(
  { start, end }: { start: Date; end: Date },
  shown: Pick<Shown, "scope">,
): StreamedQuery {
  const own = inScopeCondition(shown);
  const never = "toDateTime64('2200-01-01 00:00:00', 3, 'UTC')";
  const undetermined = deliveryKinds.indexOf("UNDETERMINED_BOUNCE") + 1;
  const lastDelivery =
    "fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(last_delivery, 8), 281474976710655)), 'UTC')";
  const bounced = `least(bounced_permanently_at, bounced_transiently_at,
    if(${kindOf("last_delivery")} = ${undetermined}, ${lastDelivery}, ${never}))`;
  const times = ["sent_at", `greatest(${bounced}, sent_at)`, "greatest(complained_at, sent_at)"];
  // One number for each thing in a quarter, what it is in the last two bits: tuples take twice as long.
  const counted = times.map((at, what) => {
    const milliseconds = `toUnixTimestamp64Milli(${at})`;
    const seen = what === 0 ? "send_seen = 1 AND " : "";
    const within = `${seen}${milliseconds} >= {start:Int64} AND ${milliseconds} < {end:Int64}`;
    return `if(${within}, toUInt64(intDiv(${milliseconds}, ${quarterMs})) * 4 + ${what}, 0)`;
  });
  const notSimulated = `lower(substring(recipient, -${simulatorDomain.length + 1})) != '@${simulatorDomain}'`;
  return {
    sql: `SELECT bitAnd(one, 3) AS what, intDiv(one, 4) AS quarter, count() AS count
      FROM message_states FINAL ARRAY JOIN arrayFilter(one -> one != 0, [${counted.join(", ")}]) AS one
      PREWHERE ${own.sql}
      WHERE sent_at >= fromUnixTimestamp64Milli({start:Int64} - ${reportedMs}, 'UTC')
        AND sent_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC') AND ${notSimulated}
      GROUP BY what, quarter
      UNION ALL
      SELECT 3 AS what, toUInt64(intDiv(toUnixTimestamp64Milli(at), ${quarterMs})) AS quarter, uniqExact(id) AS count
      FROM events
      PREWHERE type = 'REJECT' AND ${own.sql}
      WHERE message_id >= {first:String} AND at >= fromUnixTimestamp64Milli({start:Int64}, 'UTC')
        AND at < fromUnixTimestamp64Milli({end:Int64}, 'UTC') AND ${notSimulated}
      GROUP BY what, quarter`,
    parameters: {
      start: start.getTime(),
      end: end.getTime(),
      // A message is rejected when it is sent. Rows before it are not read.
      first: firstMessageIdAt(start.getTime()),
      ...own.parameters,
    },
  };
}
