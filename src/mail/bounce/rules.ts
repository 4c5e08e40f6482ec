/**
 * What servers say, and what it means: the tables in rules/, made ready for look-ups. Nothing is decided here that
 * isn't in a table.
 *
 * A phrase is words that follow each other, `*` for up to a dozen words between. Texts and phrases are compared word by
 * word, without case and punctuation; the last word of a phrase may go on (`exceed`: `exceeds`), unless it is the only
 * one. Of all phrases that are found the most specific decides: the longest, a group's `boost` added; before all, those
 * of the server's own (`hosts`).
 */
import groups from "./rules/phrases.json" with { type: "json" };
import reasonTable from "./rules/reasons.json" with { type: "json" };
import replyTable from "./rules/replies.json" with { type: "json" };
import statusTable from "./rules/statuses.json" with { type: "json" };
import transitions from "./rules/transitions.json" with { type: "json" };
import { normalized, words } from "./words.ts";

/** Why mail came back; the keys of rules/reasons.json. */
export type Reason = keyof typeof reasonTable;

/** What a reason is for SES. */
export interface ReasonMeaning {
  readonly bounceType: BounceType;
  /** `General`, `MailboxFull`, ... (facts of SES, 6.3). */
  readonly bounceSubType: string;
  /** The `delayType` of a DeliveryDelay event, should the mail be tried again. */
  readonly delayType: string;
}

/** SES's bounce types. */
export type BounceType = "Permanent" | "Transient" | "Undetermined";

/** A reason that a table gives, and how specific that is. */
export interface Finding {
  readonly reason: Reason;
  readonly weight: number;
  /** Whether a mailer's own status said it, which knows less of what a server refused than the server's words. */
  readonly ofMailer?: true;
  /** Whether words that no rule knows were weighed, which is right more often than not, and no more. */
  readonly guessed?: true;
}

interface Phrase {
  readonly reason: Reason;
  readonly segments: readonly string[];
  readonly weight: number;
  /** Domains of servers that mean this by it; undefined where all do. */
  readonly hosts: readonly string[] | undefined;
  /** The reply's class that it holds for, as `4`; undefined for any. */
  readonly replyClass: string | undefined;
}

/** How many characters the words that a `*` stands for may have. */
const maxGap = 100;
/** Any phrase says more than a reply code. */
const leastWeight = 3;
/** A phrase of the server's own is more specific than any other. */
const hostWeight = 1000;

/** What a reason is for SES. */
export function meaningOf(reason: Reason): ReasonMeaning {
  const { bounceType, bounceSubType, delayType } = reasonTable[reason];
  return { bounceType: readBounceType(bounceType), bounceSubType, delayType };
}

/**
 * What an enhanced status says by itself: its own entry, or that of any class (`X.2.2`).
 * @param ofServer whether the server said it; mailers give statuses of their own to what servers refuse, and know less.
 */
export function findingOfStatus(status: string, ofServer: boolean): Finding | undefined {
  const reason = statuses.get(status) ?? statuses.get(`X${status.slice(1)}`);
  if (reason === undefined) return undefined;
  return ofServer
    ? { reason, weight: statusTable.weight }
    : { reason, weight: statusTable.mailerWeight, ofMailer: true };
}

/** What a reply code says by itself. */
export function findingOfReply(code: string): Finding | undefined {
  const reason = replies.get(code);
  return reason === undefined ? undefined : { reason, weight: replyTable.weight };
}

/** What a reason becomes by the SMTP command that was refused: a user unknown only after DATA exists. */
export function afterCommand(reason: Reason, command: string | undefined): Reason {
  const rule = transitions.find((one) => one.command === command && one.from === reason);
  return rule === undefined ? reason : readReason(rule.to);
}

/** Whether a finding is of words that are known to be the server's own: these mean what they say after any command. */
export function isOfHost(finding: Finding): boolean {
  return finding.weight > hostWeight;
}

/**
 * The most specific phrase in a text.
 * @param host the server that said it and the recipient's domain, in lower case; may hold several names.
 * @param replyClass the first digit of the status or reply code.
 */
export function findingOfText(text: string, host: string, replyClass: string | undefined): Finding | undefined {
  const words = normalized(text);
  let best: Finding | undefined;
  for (let at = 0; at < words.length - 1; at = words.indexOf(" ", at + 1)) {
    const end = words.indexOf(" ", at + 1);
    if (end < 0) break;
    for (const phrase of phrases.get(words.slice(at + 1, end)) ?? []) {
      if (best !== undefined && best.weight >= phrase.weight) continue;
      if (phrase.replyClass !== undefined && phrase.replyClass !== replyClass) continue;
      if (phrase.hosts !== undefined && !phrase.hosts.some((one) => host.includes(one))) continue;
      if (matches(words, at, end, phrase.segments)) best = { reason: phrase.reason, weight: phrase.weight };
    }
  }
  return best;
}

function matches(words: string, at: number, firstEnd: number, segments: readonly string[]): boolean {
  const first = segments[0] ?? "";
  if (!words.startsWith(first, at)) return false;
  // A single word must match as a whole: `spam` isn't `spamalot`, while `over quot` may go on.
  if (segments.length === 1) return first.includes(" ", 1) || at + first.length === firstEnd;
  let from = at + first.length;
  for (const segment of segments.slice(1)) {
    const found = words.slice(0, from + maxGap).indexOf(segment, from);
    if (found < 0) return false;
    from = found + segment.length;
  }
  return true;
}

/** A reason of a table, checked. */
export function readReason(name: string): Reason {
  if (isReason(name)) return name;
  throw new Error(`rules: no reason ${name} in rules/reasons.json`);
}

const statuses = new Map(Object.entries(statusTable.statuses).map(([status, reason]) => [status, readReason(reason)]));
const replies = new Map(Object.entries(replyTable.replies).map(([code, reason]) => [code, readReason(reason)]));
const phrases = readPhrases();

/** By their first word. */
function readPhrases(): ReadonlyMap<string, readonly Phrase[]> {
  const byWord = new Map<string, Phrase[]>();
  for (const group of groups) {
    const reason = readReason(group.reason);
    for (const text of group.phrases) {
      const segments = text
        .toLowerCase()
        .split("*")
        .map((segment) => ` ${words(segment)}`);
      const word = segments[0]?.trim().split(" ")[0];
      if (word === undefined || word === "") throw new Error(`rules/phrases.json: no words in ${JSON.stringify(text)}`);
      const { hosts, replyClass } = group;
      const specific = segments.join("").length + (group.boost ?? 0) + (replyClass === undefined ? 0 : 0.5);
      const weight = Math.max(leastWeight, specific) + (hosts === undefined ? 0 : hostWeight);
      const single = segments.length === 1 && segments[0] === ` ${word}`;
      for (const form of single ? inflections(word) : [word]) {
        const known = byWord.get(form) ?? [];
        known.push({ reason, segments: single ? [` ${form}`] : segments, weight, hosts, replyClass });
        byWord.set(form, known);
      }
    }
  }
  for (const known of byWord.values()) known.sort((a, b) => b.weight - a.weight);
  return byWord;
}

/** A word with its endings; short words are mostly abbreviations and have none. */
function inflections(word: string): string[] {
  return word.length < 5 ? [word] : [word, `${word}s`, `${word}d`, `${word}ed`, `${word}ing`];
}

function isReason(name: string): name is Reason {
  return Object.hasOwn(reasonTable, name);
}

function readBounceType(name: string): BounceType {
  if (name === "Permanent" || name === "Transient" || name === "Undetermined") return name;
  throw new Error(`rules/reasons.json: no bounce type ${name}`);
}
