/**
 * Parses reports without a machine-readable part, from about ninety mailers. In all of them the report precedes the
 * returned message, a recipient's address starts a line or follows a label, and the server's reply for that recipient
 * comes next. The labels and dividing lines are in rules/markers.json.
 */
import { linesOf } from "./dsn.ts";
import { findReply } from "./enhanced-status.ts";
import markers from "./rules/markers.json" with { type: "json" };

/** One recipient that a text names. */
export interface TextRecipient {
  readonly address: string;
  /** The lines about this recipient. */
  readonly text: string;
}

/** A text split into the report and the returned message. */
export interface DividedText {
  readonly report: string;
  /** Starts with the line that announces the returned message; empty if there is none. */
  readonly original: string;
}

const maxLines = 3000;
const maxRecipients = 200;
const maxBlock = 6000;

/** Splits a text where the returned message starts. */
export function divideText(text: string): DividedText {
  let at = 0;
  let count = 0;
  for (const line of linesOf(text, maxLines)) {
    if (count++ > 0 && startsOriginal(line, text, at)) return { report: text.slice(0, at), original: text.slice(at) };
    const end = text.indexOf("\n", at);
    at = end < 0 ? text.length : end + 1;
  }
  return { report: text, original: "" };
}

function startsOriginal(line: string, text: string, at: number): boolean {
  // "The following addresses did not get a copy of your message:" doesn't start a copy.
  if (line.length > 200 || startsRecipients(line)) return false;
  const lower = line.toLowerCase();
  // After "Below is the original mail and the failure reason:" the reason may come first.
  if (lower.includes("reason")) return false;
  const words = lower.replace(/^[\s*>|#=_-]{1,80}/, "");
  const marker = markers.originals.find((one) => lower.includes(one));
  if (marker !== undefined && (words.startsWith(marker) || isRule(lower))) return true;
  // A header without an announcement: three fields in a row.
  return startOfHeader.test(line) && threeFields(text, at);
}

const startOfHeader = /^>? ?(?:received|return-path|message-id|dkim-signature|delivered-to|x-[a-z-]{1,40}):/i;

/** Whether a line is a divider: it starts with dashes, or ends with dashes or a colon. */
function isRule(line: string): boolean {
  return /^[ \t]{0,8}[-=*_]{2}|[-=*_:]{1,3}[ \t]{0,8}$/.test(line);
}

function threeFields(text: string, at: number): boolean {
  return /^(?:>? ?[A-Za-z][\w-]{1,40}:[^\n]{0,998}(?:\n>?[ \t][^\n]{0,998}){0,20}\n){3}/.test(
    text.slice(at, at + 4000),
  );
}

/** Whether a text states that mail was not delivered, by rules/markers.json. */
export function speaksOfFailure(report: string): boolean {
  const lower = flattened(report, 20_000);
  return markers.openings.some((marker) => lower.includes(marker));
}

function flattened(text: string, length: number): string {
  return text
    .slice(0, length)
    .toLowerCase()
    .replace(/\s{1,80}/g, " ");
}

export function isReportSubject(subject: string): boolean {
  const lower = subject.toLowerCase();
  return markers.subjects.some((marker) => lower.includes(marker));
}

/** Whether a subject is that of a mail system's notice to its own user, such as a nearly full mailbox. */
export function isNoticeSubject(subject: string): boolean {
  const lower = subject.toLowerCase().trimStart();
  return markers.notices.some((marker) => lower.startsWith(marker));
}

/** Whether a mailer tells its operator that a message waits in its queue: Exim's "Message 1abc has been frozen". */
export function isQueueNotice(subject: string, report: string): boolean {
  const frozen =
    /^\W{0,10}(?:the )?message [\w-]{6,40} (?:(?:has been|was|is) )?(?:automatically )?frozen\b|^\W{0,10}frozen\W{0,10}(?:message|$)/i;
  return frozen.test(subject) || frozen.test(report.slice(0, 500).trimStart());
}

/** Whether a text states that the message arrived, and quotes no rejection. */
export function speaksOfArrival(report: string): boolean {
  const lower = flattened(report, 4000);
  return (findReply(report) ?? "2").startsWith("2") && markers.arrivals.some((marker) => lower.includes(marker));
}

/** Whether a From field is that of a mail system. */
export function isSystemSender(from: string): boolean {
  const lower = from.toLowerCase();
  // RFC 5321, 4.5.5: reports have no sender; some mailers write the empty address into From, after a name.
  return lower.trim() === "" || lower.includes("<>") || markers.senders.some((marker) => lower.includes(marker));
}

/** Whether a text starts with a mailer's self-introduction. A quoted or forwarded one has text before it. */
export function opensAsSystem(report: string): boolean {
  const opening = flattened(report, 200).replace(/^[\s*#=|-]{1,100}/, "");
  return markers.systemOpenings.some((marker) => opening.startsWith(marker));
}

const address = "[^\\s<>\"'()\\[\\],;:=]{1,128}@[^\\s<>\"'()\\[\\],;:=@]{1,255}";
/** `<a@b>:`, `a@b`, `"a@b": said`, optionally after a list bullet. */
const leading = new RegExp(`^[\\s*>|-]{0,20}["'<\`(]{0,2}(${address})["'>\`)]{0,2}(?:\\.{3}|[:;,(\\t ]|\\.? {0,80}$)`);
/** `550 5.1.1 <a@b>... User unknown`: Sendmail lists recipients with these dots. */
const afterCode = new RegExp(
  `^[\\s<>]{0,20}\\d{3}[ -]{1,2}(?:#?\\d\\.\\d{1,3}\\.\\d{1,3} )?<?(${address})>?(\\.\\.\\. )?`,
);
const afterLabel = new RegExp(`^[\\s:<"'(\`[]{0,20}(?:(?:rfc822;|smtp:)[ \\t]{0,4}<?)?(${address})`, "i");
const anywhere = new RegExp(address, "g");

/**
 * The recipients that a text names, each with its lines. An address at the start of a line is a recipient. Addresses
 * after labels count only if there are no such lines, and addresses in quoted replies only if there are no labels
 * either, since servers also quote senders and aliases.
 * @param isOther whether an address (in lower case) is not a recipient's, but the sender's or a mail system's.
 */
export function textRecipients(report: string, isOther: (address: string) => boolean): TextRecipient[] {
  const found = mentions(report, isOther);
  const best = Math.min(...found.map((one) => one.rank));
  const blocks = new Map<string, { address: string; lines: string[]; length: number }>();
  let current: { lines: string[]; length: number } | undefined;
  for (const { line, address: named, rank } of found) {
    if (named !== undefined) {
      const key = named.toLowerCase();
      const known = blocks.get(key);
      if (known !== undefined) current = known;
      else if (rank === best && blocks.size < maxRecipients) {
        const block = { address: named, lines: [], length: 0 };
        blocks.set(key, block);
        current = block;
      }
    }
    if (current !== undefined && current.length < maxBlock) {
      current.lines.push(line);
      current.length += line.length;
    }
  }
  return [...blocks.values()].map((block) => ({ address: block.address, text: block.lines.join("\n") }));
}

interface Mention {
  readonly line: string;
  readonly address: string | undefined;
  /** How likely the address is a recipient's: 0 is most likely, infinite if there is no address. */
  readonly rank: number;
}

/** The lines of a text with the address that each is about. */
function mentions(report: string, isOther: (address: string) => boolean): Mention[] {
  let found: Mention[] = [];
  let above: Mention[] = [];
  let listed = false;
  let goesOn = false;
  for (const line of linesOf(report, maxLines)) {
    // Addresses above belong to the message's header, which some mailers repeat first, unless none follow. Other
    // mailers write this line once for each recipient.
    if (startsRecipients(line) && !listed) {
      listed = true;
      above = found.some(({ address }) => address !== undefined) ? found : above;
      found = [];
    }
    const mention = goesOn && /^[ \t]/.test(line) ? undefined : mentionIn(line);
    // `said: 550 5.1.1` may be followed by an address on the next line, which may be the sender's.
    goesOn = /(?:[245]\.\d{1,3}\.\d{1,3}|said: [245]\d\d)\s{0,3}$/.test(line.slice(-80));
    found.push(
      mention === undefined || isOther(mention.address.toLowerCase())
        ? { line, address: undefined, rank: Number.POSITIVE_INFINITY }
        : mention,
    );
  }
  return found.some(({ address }) => address !== undefined) ? found : [...above, ...found];
}

function startsRecipients(line: string): boolean {
  const lower = line.slice(0, 400).toLowerCase();
  return markers.recipientLists.some((marker) => lower.includes(marker));
}

function mentionIn(line: string): { line: string; address: string; rank: number } | undefined {
  if (!line.includes("@")) return undefined;
  const first = leading.exec(line)?.[1];
  if (first !== undefined) return { line, address: trimmed(first), rank: 0 };
  const lower = line.slice(0, 400).toLowerCase();
  if (markers.otherLabels.some((label) => lower.trimStart().startsWith(label))) return undefined;
  for (const label of markers.recipientLabels) {
    const at = lower.indexOf(label);
    if (at < 0) continue;
    const named = afterLabel.exec(line.slice(at + label.length, at + label.length + 300))?.[1];
    if (named !== undefined) return { line, address: trimmed(named), rank: 1 };
  }
  const quoted = afterCode.exec(line);
  if (quoted?.[1] === undefined) return undefined;
  return { line, address: trimmed(quoted[1]), rank: quoted[2] === undefined ? 2 : 1 };
}

/** All addresses in the text, in order, without duplicates. */
export function addressesIn(text: string, isOther: (address: string) => boolean): string[] {
  const found = new Map<string, string>();
  for (const match of text.slice(0, 50_000).matchAll(anywhere)) {
    const one = trimmed(match[0]);
    if (!found.has(one.toLowerCase()) && !isOther(one.toLowerCase())) found.set(one.toLowerCase(), one);
    if (found.size >= maxRecipients) break;
  }
  return [...found.values()];
}

function trimmed(found: string): string {
  return found.replace(/[.\\?!]{1,10}$/, "");
}
