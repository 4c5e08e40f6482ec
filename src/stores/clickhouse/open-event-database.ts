import type { EngineLimits } from "./embedded.ts";
import type { EventDatabase } from "./event-database.ts";
import { migrate } from "./migrate.ts";
import { openServer, type ServerAddress } from "./server.ts";

/** A folder for chDB, or a server. */
export type EventDatabaseOptions =
  | { folder: string; database?: string; limits?: Partial<EngineLimits> }
  | ServerAddress;

/** The default name of the database. */
const defaultDatabase = "mailglass";

/**
 * Opens the event database, creating it if necessary, and applies migrations.
 * Throws `DataFolderInUse` if another process uses the folder.
 */
export async function openEventDatabase(options: EventDatabaseOptions): Promise<EventDatabase> {
  const events = "url" in options ? await openServer(options, defaultDatabase) : await openFolder(options);
  try {
    await migrate(events.client);
    return events;
  } catch (error) {
    await events.close();
    throw error;
  }
}

async function openFolder(options: Exclude<EventDatabaseOptions, ServerAddress>): Promise<EventDatabase> {
  // chDB is a native library of hundreds of megabytes: it is not loaded for a server, nor for a command without events.
  const { defaultLimits, openEmbedded } = await import("./embedded.ts");
  const limits = { ...defaultLimits, ...options.limits };
  return openEmbedded(options.folder, options.database ?? defaultDatabase, limits);
}
