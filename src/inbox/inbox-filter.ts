/** Which messages of the inbox are wanted. */
import { BoundedMap } from "../common/bounded-map.ts";
import { htmlText } from "../mail/html-text.ts";
import { readMailHeader } from "../mail/mail-bodies.ts";
import { mailboxesOf } from "./header-addresses.ts";
import { contentIfKept, ifKept } from "./inbox-content.ts";
import type { InboxMessage } from "./inbox-message.ts";
import { compileTextPattern, type TextPattern } from "./text-pattern.ts";

/** Conditions that must all hold. */
export interface InboxFilter {
  /** An address among the envelope recipients or in To, Cc and Bcc; case doesn't matter. */
  readonly to?: string | undefined;
  /** The address of the envelope sender or of From; case doesn't matter. */
  readonly from?: string | undefined;
  /** A part of the subject in any case, or a regular expression such as `/order \d+/i`. */
  readonly subject?: string | undefined;
  /** A part of the subject, the text or the HTML's text in any case. */
  readonly text?: string | undefined;
  readonly tag?: { readonly name: string; readonly value: string } | undefined;
  readonly configurationSet?: string | undefined;
  readonly template?: string | undefined;
}

/** The matching ones of some messages, in their order. Rejects with `SlowPattern` if the regular expression takes too long. */
export type CompiledFilter = (messages: readonly InboxMessage[]) => Promise<InboxMessage[]>;

interface HeaderAddresses {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

const noAddresses: HeaderAddresses = { from: [], to: [] };

/** Addresses in the headers of mail, in lower case: a mail does not change. As many as an inbox may well have. */
const headerAddresses = new BoundedMap<string, HeaderAddresses>({ capacity: 20_000, evicts: "oldest" });

/**
 * Prepares a filter.
 * @throws PatternError if the regular expression is invalid
 */
export function compileFilter(filter: InboxFilter): CompiledFilter {
  const subject = filter.subject === undefined ? undefined : compileTextPattern(filter.subject);
  const to = filter.to?.trim().toLowerCase();
  const from = filter.from?.trim().toLowerCase();
  const text = filter.text?.toLowerCase();
  return async (messages) => {
    const named = messages.filter((message) => matchesFacts(message, filter));
    const found: InboxMessage[] = [];
    for (const message of await matchingSubjects(named, subject)) {
      if (to !== undefined && !(await isAmong(message, to, message.recipients, "to"))) continue;
      if (from !== undefined && !(await isAmong(message, from, [message.sender], "from"))) continue;
      if (text !== undefined && !(await hasText(message, text))) continue;
      found.push(message);
    }
    return found;
  };
}

function matchesFacts(message: InboxMessage, { tag, configurationSet, template }: InboxFilter): boolean {
  if (configurationSet !== undefined && message.configurationSet !== configurationSet) return false;
  if (template !== undefined && message.template !== template) return false;
  return tag === undefined || message.tags.some(({ name, value }) => name === tag.name && value === tag.value);
}

async function matchingSubjects(messages: InboxMessage[], pattern: TextPattern | undefined): Promise<InboxMessage[]> {
  if (!pattern || messages.length === 0) return messages;
  const matches = pattern(messages.map(({ subject }) => subject));
  return messages.filter((_, index) => matches[index]);
}

async function isAmong(
  message: InboxMessage,
  wanted: string,
  envelope: readonly string[],
  side: "from" | "to",
): Promise<boolean> {
  if (envelope.some((address) => address.toLowerCase() === wanted)) return true;
  return (await addressesIn(message))[side].includes(wanted);
}

async function addressesIn(message: InboxMessage): Promise<HeaderAddresses> {
  // Only MIME that the client made can name others than the envelope.
  if (message.given && !message.given.raw) return noAddresses;
  const known = headerAddresses.get(message.id);
  if (known) return known;
  const mime = await ifKept(message.raw());
  if (!mime) return noAddresses;
  const fields = readMailHeader(mime);
  const lower = (name: string) => mailboxesOf(fields, name).map(({ address }) => address.toLowerCase());
  const read = { from: lower("from"), to: [...lower("to"), ...lower("cc"), ...lower("bcc")] };
  headerAddresses.set(message.id, read);
  return read;
}

async function hasText(message: InboxMessage, wanted: string): Promise<boolean> {
  if (message.subject.toLowerCase().includes(wanted)) return true;
  const content = await contentIfKept(message);
  if (!content) return false;
  return (
    content.text.toLowerCase().includes(wanted) ||
    htmlText(content.html ?? "")
      .toLowerCase()
      .includes(wanted)
  );
}
