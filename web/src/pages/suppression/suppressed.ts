/** What the page knows of suppressed addresses. */
import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/api-error.ts";
import type { ScopeChoice } from "../../api/scope.ts";
import { type Answer, ses } from "../../api/ses.ts";

export type Suppressed = NonNullable<Answer<"GetSuppressedDestination">["SuppressedDestination"]>;
export type Reason = NonNullable<Suppressed["Reason"]>;

/** What all queries about the list begin with. */
export const suppressionKey = "suppression";

export const reasonWords: Readonly<Record<Reason, string>> = { BOUNCE: "Bounce", COMPLAINT: "Complaint" };

/** A suppression list other than the account's: of a tenant, or of another account and region than the page's. */
export interface ListChoice {
  tenant?: string | undefined;
  scope?: ScopeChoice | undefined;
}

/** One address with the message that put it there; null where it is not on the list. */
export function suppressedQuery(address: string, { tenant, scope }: ListChoice = {}) {
  return queryOptions({
    queryKey: [suppressionKey, "address", address, tenant, scope],
    queryFn: async ({ signal }) => {
      try {
        const input = { EmailAddress: address, TenantName: tenant };
        return (await ses("GetSuppressedDestination", input, signal, scope)).SuppressedDestination ?? null;
      } catch (error) {
        if (error instanceof ApiError && error.isNotFound) return null;
        throw error;
      }
    },
  });
}
