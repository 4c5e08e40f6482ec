/**
 * Guesses the reason of texts that match no phrase, with a multinomial naive Bayes classifier. Its training data is
 * every phrase of rules/phrases.json as an example of its reason, and the generic wording of reports
 * (rules/markers.json) as examples of no reason.
 */
import markers from "./rules/markers.json" with { type: "json" };
import groups from "./rules/phrases.json" with { type: "json" };
import { type Finding, meaningOf, type Reason, readReason } from "./rules.ts";
import { longestText, normalized, words } from "./words.ts";

/** A guess is less specific than any phrase, status or code. */
const guessWeight = 1;
/** Added to the count of each word for each reason (Lidstone smoothing), as any word may occur with any reason. */
const smoothing = 0.3;
/** The share of the likelihood that a meaning needs in a server's text. */
const majority = 0.5;
/** The share that it needs without a reply code: the text may be a mailer's, much of which is meaningless. */
const majorityOfMailer = 0.8;
/** A single word is not enough: `550 no`. */
const leastVoters = 2;
/** How many words of a text vote at most; more don't change the result. */
const maxVoters = 60;
const maxSentences = 40;

/** A possible reason of a text, with its training examples. */
interface Candidate {
  readonly reason: Reason;
  /** The bounce type and subtype: the votes of candidates with one meaning are added. */
  readonly meaning: string;
  /** The words of each example. */
  readonly examples: readonly (readonly string[])[];
}

/** The word counts of the tables. */
interface Model {
  readonly candidates: readonly Candidate[];
  /** The logarithm of each candidate's share of all examples. */
  readonly shares: readonly number[];
  /** By word: what it adds to the score of each candidate. */
  readonly votes: ReadonlyMap<string, readonly number[]>;
}

/** Computed for the first text that needs it: it takes about 50 ms, which would delay the start. */
let counted: Model | undefined;

/**
 * Guesses the reason from the whole text if it has a majority, or else from the sentence with the largest share, since
 * mailers surround the relevant sentence with a lot of text.
 * @param replyClass the first digit of the status or reply code. With a 4, only known phrases, never a guess, make a
 * bounce permanent.
 */
export function likelyReason(text: string, replyClass: string | undefined): Guess | undefined {
  if (replyClass === "2") return undefined;
  const said = text.slice(0, longestText).replace(fields, " ");
  const ofWhole = weigh(said, replyClass);
  if (ofWhole !== undefined) return ofWhole;
  const ofSentences = sentencesOf(said).map((sentence) => weigh(sentence, replyClass));
  return ofSentences.filter((one) => one !== undefined).sort((one, other) => other.share - one.share)[0];
}

/** The most likely reason. */
export interface Guess extends Finding {
  /** The share of the likelihood that its meaning has: at least one half. */
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
  // Sum over all candidates with this meaning: the best one alone may have a small share.
  const likelihoods = scores.map((score) => Math.exp(score - best));
  const sum = (numbers: readonly number[]) => numbers.reduce((one, other) => one + other, 0);
  const ofMeaning = likelihoods.filter((_, index) => candidates[index]?.meaning === chosen.meaning);
  const share = sum(ofMeaning) / sum(likelihoods);
  return share < (replyClass === undefined ? majorityOfMailer : majority)
    ? undefined
    : { reason: chosen.reason, weight: guessWeight, guessed: true, share };
}

/** The first sentences of a text; none if it is a single sentence. */
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

/** Header fields of the returned message, which some mailers repeat in the text. */
const fields =
  /^[ \t>]{0,20}(?:subject|undeliver[a-z]{0,10}|to|from|cc|date|sent|message-id|content-[a-z-]{2,30}|betreff|objet|asunto|assunto|oggetto|件名):[^\n]{0,1000}/gim;

/** Host names of servers, which carry no meaning. Names with only two labels are kept, as they may be a blocklist's. */
const hostName = /(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){2,10}/g;

/** The longest first, as some contain others. */
const commonplaces = markers.commonplaces
  .map((text) => ` ${words(text.toLowerCase())} `)
  .sort((one, other) => other.length - one.length);

/** Removes phrases that occur with any reason ("Requested action not taken: ..."), though their words may vote. */
function withoutCommonplaces(text: string): string {
  return commonplaces.reduce((rest, one) => rest.replace(one, " "), text);
}

/** Numbers are not words: they are codes, sizes and addresses. */
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
