import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { deleteSuppressedDestination as remove } from "../../stores/postgres/suppressed-destinations.ts";
import { existingKey } from "./suppression-list.ts";
import type { SuppressionServices } from "./suppression-services.ts";

/** DeleteSuppressedDestination: as in SES, not-found for an address that is not on the list. */
export function deleteSuppressedDestination(services: SuppressionServices): Handler<"DeleteSuppressedDestination"> {
  return async (input, { now }) => {
    const key = await existingKey(services.database, input);
    const { address, tenant } = key;
    const events = await services.accountEvents();
    const found = await services.database.transaction(async (transaction) => {
      if (!(await remove(transaction, key))) return false;
      const removed = { type: "SUPPRESSION_REMOVED" as const, at: now, emailAddress: address };
      await events.write(transaction, [{ ...removed, tenant: tenant || undefined }], now);
      return true;
    });
    if (!found) throw errors.suppressedDestinationNotFound(address, tenant !== "");
    return {};
  };
}
