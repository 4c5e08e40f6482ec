/**
 * What words that no phrase knows most likely mean. Every phrase of rules/phrases.json is an example of its reason, and
 * how mailers word any report (rules/markers.json) is an example of saying nothing of one. The words of a text vote by
 * how often they are in the examples of each (a multinomial naive Bayes classifier). Nothing else is learnt.
 */
import markers from "./rules/markers.json" with { type: "json" };
import groups from "./rules/phrases.json" with { type: "json" };
import { type Finding, meaningOf, type Reason, readReason } from "./rules.ts";
import { longestText, normalized, words } from "./words.ts";

/** How specific what the words most likely mean is: less than any phrase, status or code. */
const guessWeight = 1;
/** What each word counts in addition for each reason (Lidstone's smoothing), as any word may be said of anything. */
const smoothing = 0.3;
/** The share of the vote that a meaning needs in what a server said. */
const majority = 0.5;
/** The share that it needs where no code says that a server spoke: mailers say a lot that means nothing. */
const majorityOfMailer = 0.8;
/** One word alone says too little: `550 no`. */
const leastVoters = 2;
/** The words of a text that vote; more say the same of all of it. */
const maxVoters = 60;
const maxSentences = 40;

/** What a text may mean, with what others say that means it. */
interface Candidate {
  readonly reason: Reason;
  /** What a user learns of it: candidates of one meaning vote together. */
  readonly meaning: string;
  /** The words of each example. */
  readonly examples: readonly (readonly string[])[];
}

/** What the tables say, counted. */
interface Model {
  readonly candidates: readonly Candidate[];
  /** The logarithm of each candidate's share of all examples. */
  readonly shares: readonly number[];
  /** By word, what it adds to the score of each candidate. */
  readonly votes: ReadonlyMap<string, readonly number[]>;
}

/** Counted for the first text that needs it: it takes some 50 ms, which no start should wait for. */
let counted: Model | undefined;

/**
 * The reason that the words of a text speak for, if most do; else that of its sentence that speaks for one most surely,
 * as mailers say a lot around what matters.
 * @param replyClass the first digit of the status or reply code; what is said with a 4 holds an address for dead only in
 * words that are known.
 */
export function likelyReason(text: string, replyClass: string | undefined): Guess | undefined {
  if (replyClass === "2") return undefined;
  const said = text.slice(0, longestText).replace(fields, " ");
  const ofWhole = weigh(said, replyClass);
  if (ofWhole !== undefined) return ofWhole;
  const ofSentences = sentencesOf(said).map((sentence) => weigh(sentence, replyClass));
  return ofSentences.filter((one) => one !== undefined).sort((one, other) => other.share - one.share)[0];
}

/** What most words speak for. */
export interface Guess extends Finding {
  /** The share of the likelihood that its meaning has: at least a half. */
  readonly share: number;
}

function weigh(text: string, replyClass: string | undefined): Guess | undefined {
  counted ??= countTables();
  const { candidates, shares, votes } = counted;
  const said = withoutCommonplaces(normalized(text.replace(hostName, " ")));
  const known = [...new Set(said.split(" "))].map((word) => votes.get(word));
  const voters = known.filter((vote) => vote !== undefined).slice(0, maxVoters);
  if (voters.length < leastVoters) return undefined;
  const scores = candidates.map(({ meaning }, index) =>
    replyClass === "4" && meaning.startsWith("Permanent/")
      ? Number.NEGATIVE_INFINITY
      : voters.reduce((sum, vote) => sum + (vote[index] ?? 0), shares[index] ?? 0),
  );
  const best = Math.max(...scores);
  const chosen = candidates[scores.indexOf(best)];
  if (chosen === undefined || chosen.reason === "undefined") return undefined;
  // Of one meaning, against all: the best candidate alone may have few words for itself.
  const likelihoods = scores.map((score) => Math.exp(score - best));
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
  const ofMeaning = likelihoods.filter((_, index) => candidates[index]?.meaning === chosen.meaning);
  const share = sum(ofMeaning) / sum(likelihoods);
  return share < (replyClass === undefined ? majorityOfMailer : majority)
    ? undefined
    : { reason: chosen.reason, weight: guessWeight, guessed: true, share };
}

/** The first sentences of a text; none where it is one. */
function sentencesOf(text: string): readonly string[] {
  const sentences = text.split(/\n[ \t]{0,80}\n|[.!?:;](?=\s)|\.{3}|\bbecause\b/, maxSentences);
  return sentences.length > 1 ? sentences : [];
}

function countTables(): Model {
  const candidates = readCandidates();
  const total = candidates.reduce((sum, { examples }) => sum + examples.length, 0);
  const shares = candidates.map(({ examples }) => Math.log(examples.length / total));
  return { candidates, shares, votes: countVotes(candidates) };
}

function readCandidates(): readonly Candidate[] {
  const byReason = new Map<Reason, string[]>();
  for (const { reason, phrases } of groups) {
    const known = readReason(reason);
    byReason.set(known, [...(byReason.get(known) ?? []), ...phrases]);
  }
  const { openings, subjects, systemOpenings, originals, recipientLists, delays } = markers;
  const ofAnyReport = [openings, subjects, systemOpenings, originals, recipientLists, delays];
  return [
    ...[...byReason].map(([reason, texts]) => candidate(reason, texts)),
    ...ofAnyReport.map((texts) => candidate("undefined", texts)),
  ];
}

function candidate(reason: Reason, texts: readonly string[]): Candidate {
  const { bounceType, bounceSubType } = meaningOf(reason);
  const examples = texts.map((text) => [...new Set(words(text.toLowerCase()).split(" "))].filter(isWord));
  return { reason, meaning: `${bounceType}/${bounceSubType}`, examples };
}

/** Of the message that came back, where a mailer tells them. */
const fields =
  /^[ \t>]{0,20}(?:subject|undeliver[a-z]{0,10}|to|from|cc|date|sent|message-id|content-[a-z-]{2,30}|betreff|objet|asunto|assunto|oggetto|件名):[^\n]{0,1000}/gim;

/** Of a server: what it is called speaks for nothing. Of two parts only, it may be a list's. */
const hostName = /(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){2,10}/g;

/** The longest first, as some are in others. */
const commonplaces = markers.commonplaces
  .map((text) => ` ${words(text.toLowerCase())} `)
  .sort((one, other) => other.length - one.length);

/** "Requested action not taken: ..." What goes with any reason speaks for none, though its words may. */
function withoutCommonplaces(text: string): string {
  return commonplaces.reduce((rest, one) => rest.replace(one, " "), text);
}

/** Numbers are codes, sizes and addresses. */
function isWord(word: string): boolean {
  return /\p{L}/u.test(word);
}

function countVotes(candidates: readonly Candidate[]): Model["votes"] {
  const counts = new Map<string, number[]>();
  const sums = candidates.map(() => 0);
  for (const [index, { examples }] of candidates.entries()) {
    for (const word of examples.flat()) {
      const count = counts.get(word) ?? candidates.map(() => 0);
      count[index] = (count[index] ?? 0) + 1;
      counts.set(word, count);
      sums[index] = (sums[index] ?? 0) + 1;
    }
  }
  return new Map(
    [...counts].map(([word, count]) => [
      word,
      count.map((times, index) => Math.log((times + smoothing) / ((sums[index] ?? 0) + smoothing * counts.size))),
    ]),
  );
}
