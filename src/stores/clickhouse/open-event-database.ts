import { defaultLimits, type EngineLimits, openEmbedded } from "./embedded.ts";
import type { EventDatabase } from "./event-database.ts";
import { migrate } from "./migrate.ts";
import { openServer, type ServerAddress } from "./server.ts";

/** A folder for chDB, or a server. */
export type EventDatabaseOptions =
  | { folder: string; database?: string; limits?: Partial<EngineLimits> }
  | ServerAddress;

/** The database's name, unless told otherwise. */
const defaultDatabase = "mailglass";

/**
 * Opens the event database, made if need be, and brings it up to date.
 * Throws `DataFolderInUse` where another process has the folder.
 */
export async function openEventDatabase(options: EventDatabaseOptions): Promise<EventDatabase> {
  const events =
    "url" in options
      ? await openServer(options, defaultDatabase)
      : await openEmbedded(options.folder, options.database ?? defaultDatabase, {
          ...defaultLimits,
          ...options.limits,
        });
  try {
    await migrate(events.client);
    return events;
  } catch (error) {
    await events.close();
    throw error;
  }
}
