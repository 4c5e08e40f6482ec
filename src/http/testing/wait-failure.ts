/** What a wait that ends without its message says: what was waited for, and what arrived instead. */

import type { InboxMessage } from "../../inbox/inbox-message.ts";
import type { Arrivals } from "../../inbox/wait-for-message.ts";
import type { MessageQuery } from "./message-query.ts";

/** In characters. */
const longestSubject = 100;
const mostRecipients = 3;

/** The text for people, the same for the same messages. */
export function waitFailure(
  { given, since }: Pick<MessageQuery, "given" | "since">,
  seconds: number,
  { index, matched, arrived }: { index: number | undefined; matched: number; arrived: Arrivals },
): string {
  const within = `within ${seconds} s`;
  const matching = given === "" ? "" : ` matched ${given}`;
  const first =
    index === undefined || matched === 0
      ? `No message${matching || " arrived"} ${within}.`
      : `Only ${counted(matched, "message")}${matching || " arrived"} ${within}, so there is no index=${index}.`;
  return `${first} ${told(arrived, since === undefined ? "" : ` since ${since}`)}`;
}

function told({ count, newest }: Arrivals, since: string): string {
  if (count === 0) return `No other message is in the inbox${since}.`;
  const more = count - newest.length;
  const shown = newest.map(line).join("; ");
  return `${counted(count, "other message")}${since}, the newest first: ${shown}${more > 0 ? `; and ${more} more` : ""}.`;
}

function line({ subject, sender, recipients }: InboxMessage): string {
  const shown = subject.length > longestSubject ? `${subject.slice(0, longestSubject)}…` : subject;
  const more = recipients.length - mostRecipients;
  const to = recipients.slice(0, mostRecipients).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return `${JSON.stringify(shown.toWellFormed())} from ${sender} to ${to}`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
