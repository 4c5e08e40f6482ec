import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import type { Queryable } from "../../stores/postgres/database.ts";
import { putSuppressedDestination as put } from "../../stores/postgres/suppressed-destinations.ts";
import { listOf } from "./suppression-list.ts";

/**
 * PutSuppressedDestination. An address that is already on the list gets the new reason and time (observed in SES), and
 * is no longer attributed to a message.
 */
export function putSuppressedDestination({ database }: { database: Queryable }): Handler<"PutSuppressedDestination"> {
  return async ({ EmailAddress: given = "", Reason: reason, TenantName }, { now }) => {
    const tenant = listOf(TenantName);
    const address = contactAddress(given);
    if (address === undefined || reason === undefined) throw errors.suppressedAddressInvalid(given);
    await put(database, { tenant, address, reason, updatedAt: now, messageId: null, feedbackId: null });
    return {};
  };
}
