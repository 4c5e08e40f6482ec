/** What the page knows of suppressed addresses. */
import { queryOptions } from "@tanstack/react-query";
import { ApiError } from "../../api/api-error.ts";
import { type Answer, ses } from "../../api/ses.ts";

export type Suppressed = NonNullable<Answer<"GetSuppressedDestination">["SuppressedDestination"]>;
export type Reason = NonNullable<Suppressed["Reason"]>;

/** What all queries about the list begin with. */
export const suppressionKey = "suppression";

export const reasonWords: Readonly<Record<Reason, string>> = { BOUNCE: "Bounce", COMPLAINT: "Complaint" };

/** One address with the message that put it there; null where it is not on the list. */
export function suppressedQuery(address: string) {
  return queryOptions({
    queryKey: [suppressionKey, "address", address],
    queryFn: async ({ signal }) => {
      try {
        return (await ses("GetSuppressedDestination", { EmailAddress: address }, signal)).SuppressedDestination ?? null;
      } catch (error) {
        if (error instanceof ApiError && error.isNotFound) return null;
        throw error;
      }
    },
  });
}
