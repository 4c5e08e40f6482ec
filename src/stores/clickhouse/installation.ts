/** The installations that an event database is marked as belonging to: one, unless a loss was accepted. */
import { object, string } from "valibot";
import type { EventDatabase } from "./event-database.ts";
import { selectRows } from "./select-rows.ts";

const installationRow = object({ id: string() });

/** The IDs of the installations; none in a new database. */
export async function selectEventInstallations(events: EventDatabase): Promise<string[]> {
  const rows = await selectRows(events.client, installationRow, {
    sql: "SELECT DISTINCT id FROM installation",
    what: "the installations of the event database",
  });
  return rows.map(({ id }) => id);
}

/** Marks the database. */
export async function insertEventInstallation(events: EventDatabase, id: string): Promise<void> {
  await events.client.insert({ table: "installation", values: [{ id }], format: "JSONEachRow" });
}
