/** What suppressed addresses are searched by, as a URL's query has it. */
import { choiceIn, instantIn, type RawSearch, textIn } from "../../search-params.ts";

/** The search. */
export interface SuppressionSearch {
  /** The tenant whose list it is; the account's list without it. */
  tenant?: string | undefined;
  /** A whole address: SES knows no other search. The other filters count without it. */
  address?: string | undefined;
  reason?: "BOUNCE" | "COMPLAINT" | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** The search in a URL's query. */
export function suppressionSearchIn(search: RawSearch): SuppressionSearch {
  return {
    tenant: textIn(search, "tenant"),
    address: textIn(search, "address"),
    reason: choiceIn(search, "reason", ["BOUNCE", "COMPLAINT"]),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
  };
}
