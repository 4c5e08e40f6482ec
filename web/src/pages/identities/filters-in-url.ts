/** What is looked for among the identities, as it stands in the page's URL. */
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";

/** What SES's list can be asked for. */
export const listedStates = ["SUCCESS", "PENDING", "TEMPORARY_FAILURE", "FAILED"] as const;

export interface IdentitySearch {
  /** A part of the names; SES wants at least three characters. */
  name?: string | undefined;
  status?: (typeof listedStates)[number] | undefined;
}

/** Reads it. */
export function identitySearchIn(search: RawSearch): IdentitySearch {
  return { name: textIn(search, "name"), status: choiceIn(search, "status", listedStates) };
}
