/** What a message's page shows, as its URL's query has it. */
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";

/** How the mail itself can be looked at. */
export const mailViews = ["text", "html", "headers", "source"] as const;

/** What a message's page shows. */
export interface MessageView {
  /** The recipient that was come for, whose timeline is open and whose copy of the mail is shown. */
  recipient?: string | undefined;
  view?: (typeof mailViews)[number] | undefined;
}

/** What is to be shown. */
export function messageViewIn(search: RawSearch): MessageView {
  return { recipient: textIn(search, "recipient"), view: choiceIn(search, "view", mailViews) };
}
