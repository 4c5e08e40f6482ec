/**
 * Finds one-time codes in mail: what a person would copy into a form. A code is 4 to 8 digits, also in groups
 * (`123-456`, `123 456`, `1 2 3 4 5 6`), or 4 to 12 upper-case letters and digits, also in groups (`ABCD-1234`). A
 * number alone says little, so its surroundings decide: words such as "code" before or after it, or a line of its own.
 * Years, prices, dates, phone numbers, numbers of orders and parts of URLs are no codes, unless the mail calls them one.
 */
import {
  codeWord,
  enteredFor,
  labelBefore,
  leadsIn,
  leadsOut,
  otherCode,
  sentenceEnd,
  toEnter,
  unitAfter,
} from "./code-words.ts";

/** How much of a text is read, and how far a word can be from its code, in characters. */
const longestText = 100_000;
const reach = 60;
const longestLine = 2_000;
const mostCodes = 20;
/** How many lines a code may stand below the line that announces it. */
const announcedWithin = 3;

/** How sure it is: the mail calls it a code; it stands alone below such words; they are in its line; it stands alone. */
const sureness = { called: 4, announced: 3, inLine: 2, alone: 1 } as const;

interface Candidate {
  readonly code: string;
  /** Its place in the line. */
  readonly start: number;
  readonly end: number;
  readonly kind: "digits" | "mixed" | "letters";
}

/**
 * The codes in a mail, each once, the most likely one first, then in their order.
 * @param text the plain text, with line breaks
 */
export function findCodes(subject: string, text: string): string[] {
  const lines = linesOf(`${subject}\n\n${text.slice(0, longestText)}`);
  const announces = lines.map((line) => codeWord.test(line) && !otherCode.test(line));
  if (!announces.includes(true)) return [];
  const found = new Map<string, number>();
  let listed = false;
  for (const [index, line] of lines.entries()) {
    const candidates = candidatesIn(line);
    const alone = candidates.length > 0 && isRest(line, candidates);
    const above = announces.slice(Math.max(0, index - announcedWithin), index).includes(true);
    // Below a code that is announced can be more of them, and the words can follow.
    const announced: boolean = above || (alone && (listed || announces[index + 1] === true));
    listed = alone && announced;
    const awaited = announces[index - 1] === true && /:\s*$/.test(lines[index - 1] ?? "");
    for (const candidate of candidates) {
      const score = scoreOf(line, candidate, { alone, announced, awaited });
      if (score > 0) found.set(candidate.code, Math.max(score, found.get(candidate.code) ?? 0));
    }
  }
  const best = Math.max(0, ...found.values());
  return [...found]
    .filter(([, score]) => score >= best - 1)
    .sort(([, one], [, other]) => other - one)
    .slice(0, mostCodes)
    .map(([code]) => code);
}

/** The lines that have text, with plain spaces and without invisible characters. */
function linesOf(text: string): string[] {
  return (
    text
      .replaceAll(/\u034f|[\u00ad\u200b-\u200f\u2060\ufeff]/g, "")
      // A digit per line, as the cells of a table become.
      .replaceAll(/(?<![^\n])(?:[0-9A-Z][ \t]{0,9}\n[ \t\n]{0,9}){3,7}[0-9A-Z](?=[ \t]{0,9}(?:\n|$))/g, (cells) =>
        cells.replaceAll(/\s+/g, " "),
      )
      .split("\n")
      .map((line) =>
        line
          .slice(0, longestLine)
          .replaceAll(/[\s\u00a0\u2007\u2009\u202f]+/g, " ")
          // Such scripts have no spaces between words and numbers.
          .replaceAll(
            /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\u3000-\u303f\uff00-\uffef]+/gu,
            " $& ",
          )
          // No code is in an address or a URL. Blanks keep what is around them apart.
          .split(" ")
          .map((word) => (/[@/\\]|www\.|\w{3}\.\w\w/.test(word) ? "_".repeat(Math.min(word.length, reach)) : word))
          .join(" ")
          .trim(),
      )
      .filter((line) => line !== "")
  );
}

const forms: readonly { pattern: RegExp; kind: Candidate["kind"] }[] = [
  { pattern: /(?:\d ){3,7}\d/g, kind: "digits" },
  { pattern: /\d{3}[- \u2010-\u2013]\d{3}|\d{4}[- \u2010-\u2013]\d{4}|\d\d \d\d \d\d/g, kind: "digits" },
  { pattern: /\d{4,8}/g, kind: "digits" },
  { pattern: /[A-Z0-9]{3,6}(?:-[A-Z0-9]{3,6}){1,4}/g, kind: "mixed" },
  { pattern: /(?=[A-Z]{0,11}\d)(?=\d{0,11}[A-Z])[A-Z0-9]{4,12}/g, kind: "mixed" },
  { pattern: /[A-Z]{4,12}/g, kind: "letters" },
];

/** What could be a code by its form, in the order of the line. Longer forms exclude their parts. */
function candidatesIn(line: string): Candidate[] {
  const found: Candidate[] = [];
  for (const { pattern, kind } of forms) {
    for (const { 0: written, index: start } of line.matchAll(pattern)) {
      const end = start + written.length;
      if (found.some((other) => start < other.end && other.start < end)) continue;
      if (!isWhole(line, start, end, kind) || (kind === "mixed" && !/[A-Z]/.test(written))) continue;
      // Of digits, the groups are for reading only.
      const code = kind === "digits" ? written.replaceAll(/\D/g, "") : written;
      found.push({ code, start, end, kind: kind === "mixed" && !/\d/.test(code) ? "letters" : kind });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Whether nothing around it makes it a part of something longer: a number, a phone number, a date, an identifier. */
function isWhole(line: string, start: number, end: number, kind: Candidate["kind"]): boolean {
  const before = line.slice(Math.max(0, start - 8), start);
  const after = line.slice(end, end + 8);
  if (/^(?:[\p{L}\p{N}_]|[-.,:/'’](?=[\p{L}\p{N}]))/u.test(after)) return false;
  if (kind !== "digits") return !/[\p{L}\p{N}_#][-.]?$/u.test(before);
  // `G-123456` and `FB-12345`: the prefix names the sender and is not typed in.
  if (/(?:^|[^\p{L}\p{N}-])[A-Z]{1,2}-$/u.test(before)) return true;
  return !/(?:[\p{L}\p{N}_+]|[\p{L}\p{N}][-.,:/]|\d[) ] ?|[-+(])$/u.test(before) && !/^ \d/.test(after);
}

/** Whether a line has nothing but the candidates, and signs around them. */
function isRest(line: string, candidates: readonly Candidate[]): boolean {
  let at = 0;
  let rest = "";
  for (const { start, end } of candidates) {
    rest += line.slice(at, start);
    at = end;
  }
  return !/[\p{L}\p{N}]/u.test((rest + line.slice(at)).replace(/(?<!\p{L})[A-Z]{1,2}-$/u, ""));
}

interface Place {
  readonly alone: boolean;
  readonly announced: boolean;
  /** Whether the line before says that the code follows. */
  readonly awaited: boolean;
}

/** How sure it is that a candidate is a code; 0 if it is none. */
function scoreOf(line: string, { code, start, end, kind }: Candidate, { alone, announced, awaited }: Place): number {
  const before = line.slice(Math.max(0, start - reach), start);
  const after = line.slice(end, end + reach);
  const isCalled = isCalledBefore(before) || isCalledAfter(after) || (toEnter.test(before) && enteredFor.test(after));
  if (otherCode.test(line)) return 0;
  // Words in capitals are everywhere.
  if (kind === "letters") return isColon(before) || (alone && awaited) ? sureness.called : 0;
  if (/[$€£¥₹₽]\s?$/u.test(before) || unitAfter.test(after) || isEnding(before)) return 0;
  if (isCalled) return sureness.called;
  if (labelBefore.test(before) || (kind === "digits" && /^(?:19|20)\d\d$/.test(code))) return 0;
  if (alone) return announced ? sureness.announced : sureness.alone;
  return codeWord.test(before) || codeWord.test(after) ? sureness.inLine : 0;
}

/** `Your code is 123456`, `Code: 123456`, `code 123456`. */
function isCalledBefore(before: string): boolean {
  const gap = afterLast(codeWord, before);
  if (gap === undefined || sentenceEnd.test(gap)) return false;
  return leadsIn.test(gap) || /^[^\p{L}\p{N}]*$/u.test(gap);
}

/** `123456 is your code`. */
function isCalledAfter(after: string): boolean {
  const [sentence = ""] = after.split(sentenceEnd);
  return leadsOut.test(sentence) && codeWord.test(sentence);
}

/** `Your code: KXWQPT`. */
function isColon(before: string): boolean {
  const gap = afterLast(codeWord, before);
  return gap !== undefined && /^\s*(?:is)?\s*:\s*$/.test(gap);
}

function isEnding(before: string): boolean {
  return /(?:ending|ends|endet|endend|finit|termina)(?: (?:in|with|mit|auf|par|en))?[\s*•.x]*$/iu.test(before);
}

/** What stands behind the last match; undefined if there is none. */
function afterLast(pattern: RegExp, text: string): string | undefined {
  const last = [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].at(-1);
  return last && text.slice(last.index + last[0].length);
}
