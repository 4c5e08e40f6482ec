import type { SendDataPoint } from "@aws-sdk/client-ses";
import type { Handler } from "../../contract/v1/types.ts";
import type { Recorder } from "../../events/recorder.ts";
import type { ScopedRead } from "../../insights/scoped-read.ts";
import { quarterMs, selectSendStatistics, statisticsRow } from "../../insights/send-statistics.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { readWithinMs } from "../../stores/clickhouse/select-rows.ts";

const twoWeeksMs = 14 * 24 * 3600 * 1000;

/** The counts of a point, in the order of the query. */
const counts = ["DeliveryAttempts", "Bounces", "Complaints", "Rejects"] as const;

/**
 * GetSendStatistics: points of 15 minutes of the last two weeks, oldest first; quarters of an hour in which nothing
 * happened have none. Includes everything acknowledged before the call.
 */
export function getSendStatistics(services: {
  /** Reads events of the caller's account and region. */
  read: ScopedRead;
  events: Pick<EventDatabase, "openSession">;
  recorder: Pick<Recorder, "drained">;
}): Handler<"GetSendStatistics"> {
  return async (_, { now }) => {
    const signal = AbortSignal.timeout(readWithinMs);
    await services.recorder.drained(signal);
    // Whole quarters only, and the current one.
    const start = new Date(Math.ceil((now.getTime() - twoWeeksMs) / quarterMs) * quarterMs);
    const end = new Date(now.getTime() + 1);
    return { SendDataPoints: await services.read((scope) => points(scope)) };

    async function points(scope: number | undefined): Promise<SendDataPoint[]> {
      const byQuarter = new Map<number, Record<(typeof counts)[number], number>>();
      const session = await services.events.openSession();
      try {
        const query = { ...selectSendStatistics({ start, end }, { scope }), signal };
        for await (const { what, quarter, count } of session.rows(statisticsRow, query)) {
          const point = byQuarter.get(quarter) ?? { DeliveryAttempts: 0, Bounces: 0, Complaints: 0, Rejects: 0 };
          const name = counts[what];
          if (name !== undefined) point[name] = count;
          byQuarter.set(quarter, point);
        }
      } finally {
        await session.close();
      }
      return [...byQuarter]
        .sort(([a], [b]) => a - b)
        .map(([quarter, point]) => ({ Timestamp: new Date(quarter * quarterMs), ...point }));
    }
  };
}
