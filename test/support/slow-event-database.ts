import type { EventDatabase, EventSession } from "../../src/stores/clickhouse/event-database.ts";

/** An event database whose streams take a minute in the engine; `open.streams` counts those that are open. */
export function slowEventDatabase(events: EventDatabase): { events: EventDatabase; open: { streams: number } } {
  const open = { streams: 0 };
  const openSession = async (): Promise<EventSession> => {
    const session = await events.openSession();
    return {
      ...session,
      async stream(query) {
        const sql = "SELECT toString(sleepEachRow(1)) FROM numbers(60) SETTINGS max_block_size = 1";
        const stream = await session.stream({ ...query, sql, parameters: {} });
        open.streams++;
        stream.once("close", () => open.streams--);
        return stream;
      },
    };
  };
  return { open, events: { ...events, openSession } };
}
