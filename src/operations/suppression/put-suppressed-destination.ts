import { errors } from "../../contract/errors.ts";
import type { Handler } from "../../contract/types.ts";
import { contactAddress } from "../../recipients/contacts/contact-address.ts";
import { putSuppressedDestination as put } from "../../stores/postgres/suppressed-destinations.ts";
import { lockTenant } from "../../stores/postgres/tenants.ts";
import { listOf } from "./suppression-list.ts";
import type { SuppressionServices } from "./suppression-services.ts";

/**
 * PutSuppressedDestination. An address that is already on the list gets the new reason and time (observed in SES), and
 * is no longer attributed to a message.
 */
export function putSuppressedDestination(services: SuppressionServices): Handler<"PutSuppressedDestination"> {
  return async ({ EmailAddress: given = "", Reason: reason, TenantName }, { now }) => {
    const tenant = listOf(TenantName);
    const address = contactAddress(given);
    if (address === undefined || reason === undefined) throw errors.suppressedAddressInvalid(given);
    const events = await services.accountEvents();
    await services.database.transaction(async (transaction) => {
      if (tenant !== "" && !(await lockTenant(transaction, tenant))) throw errors.tenantNotFound(tenant);
      await put(transaction, { tenant, address, reason, updatedAt: now, messageId: null, feedbackId: null });
      const added = { type: "SUPPRESSION_ADDED" as const, at: now, emailAddress: address, reason };
      await events.write(transaction, [{ ...added, tenant: tenant || undefined }], now);
    });
    return {};
  };
}
