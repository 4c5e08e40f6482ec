import type { TenantSuppressionAttributes } from "@aws-sdk/client-sesv2";
import { errors } from "../../contract/errors.ts";
import type { TenantSuppression } from "../../stores/postgres/tenants.ts";

/**
 * Reads a tenant's suppression attributes; null if neither is given. Throws a bad request, in SES's order, for a repeated
 * reason, and for one of the two without the other. An empty list of reasons is a value: nothing is suppressed.
 */
export function readTenantSuppression(given: TenantSuppressionAttributes | undefined): TenantSuppression | null {
  const { SuppressedReasons: reasons, SuppressionScope } = given ?? {};
  if (reasons !== undefined && new Set(reasons).size < reasons.length) throw errors.repeatedTenantReason();
  if (reasons === undefined) {
    if (SuppressionScope !== undefined) throw errors.tenantScopeAlone();
    return null;
  }
  if (SuppressionScope === undefined) {
    throw reasons.length === 0 ? errors.emptyTenantReasonsAlone() : errors.tenantReasonsAlone();
  }
  return { SuppressedReasons: reasons, SuppressionScope };
}
