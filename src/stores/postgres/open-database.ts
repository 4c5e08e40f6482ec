import type { Database } from "./database.ts";
import type { EngineFailed } from "./embedded-failure.ts";
import { lockFolder } from "./folder-lock.ts";
import type { FolderOrigin } from "./folder-template.ts";
import { migrate } from "./migrate.ts";
import { openServer, type ServerOptions } from "./server.ts";

/**
 * A folder for PGlite, or the URL of a server. `locked` is called once this process has the lock on the folder, `prepared`
 * with the folder's origin, `failed` when PGlite stops for good; `templates` overrides the folders that are searched for a
 * template.
 */
export type DatabaseOptions =
  | {
      folder: string;
      locked?: () => void;
      prepared?: (origin: FolderOrigin) => void;
      failed?: EngineFailed;
      templates?: readonly string[];
    }
  | ({ url: string } & ServerOptions);

/**
 * Opens a database and applies migrations. Throws `DataFolderInUse`, `EngineFailure` or `MigrationError`; users see
 * the messages.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if ("url" in options) {
    // A migration may take long, such as a new index of a large table.
    const migrating = await openServer(options.url, { ...options, connections: 1, statementWithinMs: 0 });
    try {
      await migrate(migrating);
    } finally {
      await migrating.close();
    }
    return openServer(options.url, options);
  }
  // PGlite is not loaded for a server.
  const [{ openEmbedded }, { prepareFolder }] = await Promise.all([
    import("./embedded.ts"),
    import("./folder-template.ts"),
  ]);
  const unlock = await lockFolder(options.folder);
  try {
    options.locked?.();
    const origin = await prepareFolder(options.folder, options.templates);
    options.prepared?.(origin);
    const database = await migrated(await openEmbedded(options.folder, { failed: options.failed }));
    return {
      ...database,
      async close() {
        await database.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function migrated(database: Database): Promise<Database> {
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
