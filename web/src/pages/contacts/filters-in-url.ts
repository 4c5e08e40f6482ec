/** What the contacts of a list are searched by, as a URL's query has it. */
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";

/** The search. */
export interface ContactSearch {
  /** A whole address: SES knows no other search. The other filters count without it. */
  address?: string | undefined;
  status?: "OPT_IN" | "OPT_OUT" | undefined;
  topic?: string | undefined;
}

/** The search in a URL's query. */
export function contactSearchIn(search: RawSearch): ContactSearch {
  return {
    address: textIn(search, "address"),
    status: choiceIn(search, "status", ["OPT_IN", "OPT_OUT"]),
    topic: textIn(search, "topic"),
  };
}
