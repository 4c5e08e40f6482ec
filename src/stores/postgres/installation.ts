/** The installation that the database belongs to. */
import type { Queryable } from "./database.ts";

/** The row of the table. */
export interface Installation {
  readonly id: string;
  /** Where its event database is, once that was marked. */
  readonly events: string | null;
}

/** The installation; undefined in a new database. */
export async function selectInstallation(database: Queryable): Promise<Installation | undefined> {
  const [row] = await database.query<Installation>("SELECT id, events FROM installation");
  return row;
}

/** Adds the installation unless there is one; returns whether it was added. */
export async function insertInstallation(database: Queryable, id: string): Promise<boolean> {
  const added = await database.query(
    "INSERT INTO installation (id) VALUES ($1) ON CONFLICT (only_one) DO NOTHING RETURNING id",
    [id],
  );
  return added.length > 0;
}

/** Records where the marked event database is. */
export async function updateInstallationEvents(database: Queryable, events: string): Promise<void> {
  await database.query("UPDATE installation SET events = $1", [events]);
}

/** Removes an installation that was added in vain. */
export async function deleteInstallation(database: Queryable, id: string): Promise<void> {
  await database.query("DELETE FROM installation WHERE id = $1", [id]);
}
