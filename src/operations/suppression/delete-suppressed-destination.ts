import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { deleteSuppressedDestination as remove } from "../../stores/postgres/suppressed-destinations.ts";
import { existingKey } from "./suppression-list.ts";

/** DeleteSuppressedDestination: as in SES, not-found for an address that is not on the list. */
export function deleteSuppressedDestination(services: { database: Queryable }): Handler<"DeleteSuppressedDestination"> {
  return async (input) => {
    const key = existingKey(input);
    const found = await remove(services.database, key);
    if (!found) throw errors.suppressedDestinationNotFound(key.address, key.tenant !== "");
    return {};
  };
}
