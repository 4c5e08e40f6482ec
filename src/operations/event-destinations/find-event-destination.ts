import { errors } from "../../contract/errors.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { type EventDestination, selectEventDestinationNames } from "../../stores/postgres/event-destinations.ts";

/** Throws "not found" if the configuration set or its destination does not exist. */
export async function checkEventDestination(
  database: ScopedQueryable,
  { configurationSet, name }: Pick<EventDestination, "configurationSet" | "name">,
): Promise<void> {
  const names = await selectEventDestinationNames(database, configurationSet);
  if (!names) throw errors.configurationSetNotFound(configurationSet);
  if (!names.includes(name)) throw errors.eventDestinationNotFound(name, configurationSet);
}
