import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import type { ScopedQueryable } from "../../stores/postgres/database.ts";
import { selectSuppressedDestination } from "../../stores/postgres/suppressed-destinations.ts";
import { existingKey } from "./suppression-list.ts";

/** GetSuppressedDestination: includes Attributes if a message added the address to the list. */
export function getSuppressedDestination({
  database,
}: {
  database: ScopedQueryable;
}): Handler<"GetSuppressedDestination"> {
  return async (input) => {
    const key = await existingKey(database, input);
    const found = await selectSuppressedDestination(database, key);
    if (!found) throw errors.suppressedDestinationNotFound(key.address, key.tenant !== "");
    const { address, reason, updatedAt, messageId, feedbackId } = found;
    const attributes = { MessageId: messageId ?? undefined, FeedbackId: feedbackId ?? undefined };
    return {
      SuppressedDestination: {
        EmailAddress: address,
        Reason: reason,
        LastUpdateTime: updatedAt,
        Attributes: messageId === null && feedbackId === null ? undefined : attributes,
        TenantName: key.tenant === "" ? undefined : key.tenant,
      },
    };
  };
}
