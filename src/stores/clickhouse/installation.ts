/** The installations that an event database is marked as belonging to: one, unless a loss was accepted. */
import { array, object, string } from "valibot";
import { parseData } from "../../common/parse-data.ts";
import type { EventDatabase } from "./event-database.ts";

const rows = array(object({ id: string() }));

/** The IDs of the installations; none in a new database. */
export async function selectEventInstallations(events: EventDatabase): Promise<string[]> {
  const answer = await events.client.query({ query: "SELECT DISTINCT id FROM installation", format: "JSONEachRow" });
  return parseData(rows, await answer.json(), "the installations of the event database").map(({ id }) => id);
}

/** Marks the database. */
export async function insertEventInstallation(events: EventDatabase, id: string): Promise<void> {
  await events.client.insert({ table: "installation", values: [{ id }], format: "JSONEachRow" });
}
