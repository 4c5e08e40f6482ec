import type { EventDatabase, EventSession } from "../../src/stores/clickhouse/event-database.ts";

const sql = "SELECT toString(sleepEachRow(1)) FROM numbers(60) SETTINGS max_block_size = 1";

/**
 * An event database whose streams, and results that go into files, take a minute in the engine; `open.streams` counts
 * those under way.
 */
export function slowEventDatabase(events: EventDatabase): { events: EventDatabase; open: { streams: number } } {
  const open = { streams: 0 };
  const openSession = async (): Promise<EventSession> => {
    const session = await events.openSession();
    const append = session.appendToFile;
    return {
      ...session,
      ...(append && {
        async appendToFile(query, path) {
          open.streams++;
          return append({ ...query, sql, parameters: {} }, path).finally(() => open.streams--);
        },
      }),
      async stream(query) {
        const stream = await session.stream({ ...query, sql, parameters: {} });
        open.streams++;
        stream.once("close", () => open.streams--);
        return stream;
      },
    };
  };
  return { open, events: { ...events, openSession } };
}
