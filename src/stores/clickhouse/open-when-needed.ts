/** An event database that is opened when it is first needed: opening takes a third of an ephemeral server's memory. */
import type { EventClient, EventDatabase } from "./event-database.ts";

/**
 * The event database of a new folder. Until it is opened it has no events, and `isUnused` says so.
 * @param open opens it; called once, and again for the next who needs it if that fails
 */
export function openWhenNeeded(open: () => Promise<EventDatabase>): EventDatabase {
  let opening: Promise<EventDatabase> | undefined;
  let closed = false;
  function opened(): Promise<EventDatabase> {
    if (closed) throw new Error("the event database is closed");
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }
  const client: EventClient = {
    query: async (query) => (await opened()).client.query(query),
    command: async (command) => (await opened()).client.command(command),
    insert: async (insert) => (await opened()).client.insert(insert),
  };
  return {
    kind: "embedded",
    client,
    isUnused: () => opening === undefined,
    insertRows: async (table, rows, compression) => (await opened()).insertRows(table, rows, compression),
    openSession: async () => (await opened()).openSession(),
    async close() {
      closed = true;
      // If it could not be opened, whoever needed it has the error.
      const events = await opening?.catch(() => undefined);
      await events?.close();
    },
  };
}
