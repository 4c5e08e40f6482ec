/**
 * Indexes the tables in rules/, which map the replies of servers to reasons. All decisions are in the tables.
 *
 * Of the phrases that a text contains (see words.ts), the most specific wins: the longest, with its group's `boost`
 * added. Phrases for a particular server (`hosts`) take precedence over all others.
 */
import markers from "./rules/markers.json" with { type: "json" };
import groups from "./rules/phrases.json" with { type: "json" };
import reasonTable from "./rules/reasons.json" with { type: "json" };
import replyTable from "./rules/replies.json" with { type: "json" };
import statusTable from "./rules/statuses.json" with { type: "json" };
import transitions from "./rules/transitions.json" with { type: "json" };
import { matchesAt, normalized, segmentsOf, words } from "./words.ts";

/** Why mail bounced; the keys of rules/reasons.json. */
export type Reason = keyof typeof reasonTable;

/** SES's terms for a reason. */
export interface ReasonMeaning {
  readonly bounceType: BounceType;
  /** SES's name: `General`, `MailboxFull`, ... */
  readonly bounceSubType: string;
  /** The `delayType` of a DeliveryDelay event, if the mail is retried. */
  readonly delayType: string;
}

export type BounceType = "Permanent" | "Transient" | "Undetermined";

/** A reason found in a table, and how specific the match is. */
export interface Finding {
  readonly reason: Reason;
  readonly weight: number;
  /** Whether it is based on a status that the mailer chose, which is less accurate than the server's text. */
  readonly ofMailer?: true;
  /** Whether it was guessed from words that match no rule, which is only right more often than not. */
  readonly guessed?: true;
  /** Whether it was looked up and is certain: it holds with class 4, too, and after DATA. */
  readonly certain?: boolean | undefined;
}

interface Phrase {
  readonly reason: Reason;
  readonly segments: readonly string[];
  readonly weight: number;
  /** Domains of the servers that the phrase applies to; undefined for all. */
  readonly hosts: readonly string[] | undefined;
  /** The class of replies that it applies to, such as `4`; undefined for any. */
  readonly replyClass: string | undefined;
  readonly certain: boolean | undefined;
  /** The command after which it means nothing. */
  readonly exceptAfter: string | undefined;
}

/** Any phrase is more specific than a reply code. */
const leastWeight = 3;
/** A phrase for a particular server is more specific than any other. */
const hostWeight = 1000;

/** SES's terms for a reason. */
export function meaningOf(reason: Reason): ReasonMeaning {
  const { bounceType, bounceSubType, delayType } = reasonTable[reason];
  return { bounceType: readBounceType(bounceType), bounceSubType, delayType };
}

/**
 * Looks up an enhanced status: its own entry, or the entry for any class (`X.2.2`).
 * @param ofServer whether the server sent it. Mailers also choose statuses for what servers reject, less accurately.
 */
export function findingOfStatus(status: string, ofServer: boolean): Finding | undefined {
  const reason = statuses.get(status) ?? statuses.get(`X${status.slice(1)}`);
  if (reason === undefined) return undefined;
  return ofServer
    ? { reason, weight: statusTable.weight }
    : { reason, weight: statusTable.mailerWeight, ofMailer: true };
}

/** Looks up a reply code. */
export function findingOfReply(code: string): Finding | undefined {
  const reason = replies.get(code);
  return reason === undefined ? undefined : { reason, weight: replyTable.weight };
}

/** Adjusts a reason to the rejected SMTP command: a user that is unknown only after DATA exists. */
export function afterCommand(reason: Reason, command: string | undefined): Reason {
  const rule = transitions.find((one) => one.command === command && one.from === reason);
  return rule === undefined ? reason : readReason(rule.to);
}

/** Whether a finding is based on a phrase for a particular server: these hold after any command. */
export function isOfHost(finding: Finding): boolean {
  return finding.weight > hostWeight;
}

/**
 * Finds the most specific phrase in a text.
 * @param host the server that sent the text and the recipient's domain, in lower case; may contain several names.
 * @param replyClass the first digit of the status or reply code.
 * @param command the rejected SMTP command.
 */
export function findingOfText(
  text: string,
  host: string,
  replyClass: string | undefined,
  command?: string,
): Finding | undefined {
  // Why a server has a rule is not what the mail broke ("to protect our users from spam").
  const words = purposes.reduce((rest, one) => rest.replace(one, " "), normalized(text));
  const byWord = phrases();
  let best: Finding | undefined;
  for (let at = 0; at < words.length - 1; at = words.indexOf(" ", at + 1)) {
    const end = words.indexOf(" ", at + 1);
    if (end < 0) break;
    for (const phrase of byWord.get(words.slice(at + 1, end)) ?? []) {
      if (best !== undefined && best.weight >= phrase.weight) continue;
      if (phrase.replyClass !== undefined && phrase.replyClass !== replyClass) continue;
      if (phrase.exceptAfter !== undefined && phrase.exceptAfter === command) continue;
      if (phrase.hosts !== undefined && !phrase.hosts.some((one) => host.includes(one))) continue;
      if (matchesAt(words, at, phrase.segments)) best = phrase;
    }
  }
  return best;
}

/** Checks a reason that a table names. */
export function readReason(name: string): Reason {
  if (isReason(name)) return name;
  throw new Error(`rules: no reason ${name} in rules/reasons.json`);
}

const statuses = new Map(Object.entries(statusTable.statuses).map(([status, reason]) => [status, readReason(reason)]));
const replies = new Map(Object.entries(replyTable.replies).map(([code, reason]) => [code, readReason(reason)]));
const purposes = markers.purposes.map((text) => ` ${words(text)} `);

let indexed: ReadonlyMap<string, readonly Phrase[]> | undefined;

/** The phrases by their first word. Indexing them takes 0.1 s, which a start would wait for. */
function phrases(): ReadonlyMap<string, readonly Phrase[]> {
  indexed ??= readPhrases();
  return indexed;
}

function readPhrases(): ReadonlyMap<string, readonly Phrase[]> {
  const byWord = new Map<string, Phrase[]>();
  for (const group of groups) {
    const reason = readReason(group.reason);
    for (const text of group.phrases) {
      const segments = segmentsOf(text);
      const word = segments[0]?.trim().split(" ")[0];
      if (word === undefined || word === "") throw new Error(`rules/phrases.json: no words in ${JSON.stringify(text)}`);
      const { hosts, replyClass, certain, exceptAfter } = group;
      const specific = segments.join("").length + (group.boost ?? 0) + (replyClass === undefined ? 0 : 0.5);
      const weight = Math.max(leastWeight, specific) + (hosts === undefined ? 0 : hostWeight);
      const single = segments.length === 1 && segments[0] === ` ${word}`;
      for (const form of single ? inflections(word) : [word]) {
        const known = byWord.get(form) ?? [];
        known.push({
          reason,
          segments: single ? [` ${form}`] : segments,
          weight,
          hosts,
          replyClass,
          certain,
          exceptAfter,
        });
        byWord.set(form, known);
      }
    }
  }
  for (const known of byWord.values()) known.sort((a, b) => b.weight - a.weight);
  return byWord;
}

/** A word with its inflected forms; short words are mostly abbreviations and have none. */
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
