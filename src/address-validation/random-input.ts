/** Whether a local part looks like random text rather than like something that a person chose. */
import { improbablePairs } from "./improbable-pairs.ts";
import type { Verdict } from "./verdict.ts";

/** Keys that are next to each other on a keyboard. */
const keyboardRows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
const keyboardRun = 5;
/** At least 64 bits in hexadecimal. */
const hexadecimal = /^[0-9a-f]{16,}$/;

/**
 * IsRandomInput. It is HIGH only for what no name has (`random-input.test.ts` has names of many languages): many pairs of
 * letters that occur in no language's names, letters and digits in constant alternation, a long hexadecimal number, or
 * keys in a row. Weaker signs are MEDIUM. Ignores a `+tag`.
 */
export function isRandomInput(localPart: string): Verdict {
  const [text = ""] = localPart.toLowerCase().split("+");
  if (isHexadecimal(text) || followsKeyboard(text)) return "HIGH";
  const { pairs, improbable } = countPairs(text);
  const share = pairs === 0 ? 0 : improbable / pairs;
  const turns = alternations(text);
  if (improbable >= 4 && share >= 0.35) return "HIGH";
  if (turns >= 5 || (turns >= 3 && improbable >= 2 && share >= 0.4)) return "HIGH";
  if ((improbable >= 3 && share >= 0.25) || (improbable >= 2 && share >= 0.4)) return "MEDIUM";
  return turns >= 4 || longestConsonants(text) >= 7 ? "MEDIUM" : "LOW";
}

function isHexadecimal(text: string): boolean {
  const digits = text.replaceAll("-", "");
  return hexadecimal.test(digits) && /(?:[a-f].*){3}/.test(digits) && /(?:\d.*){3}/.test(digits);
}

function followsKeyboard(text: string): boolean {
  return keyboardRows.some((row) => {
    for (let start = 0; start + keyboardRun <= row.length; start++) {
      if (text.includes(row.slice(start, start + keyboardRun))) return true;
    }
    return false;
  });
}

function countPairs(text: string): { pairs: number; improbable: number } {
  let pairs = 0;
  let improbable = 0;
  for (const [run] of text.matchAll(/[a-z]{2,}/g)) {
    for (let index = 0; index + 1 < run.length; index++) {
      pairs++;
      if (improbablePairs.has(run.slice(index, index + 2))) improbable++;
    }
  }
  return { pairs, improbable };
}

/** How often letters and digits alternate in a part between separators. */
function alternations(text: string): number {
  return Math.max(...text.split(/[._-]/).map((part) => part.match(/[a-z](?=\d)|\d(?=[a-z])/g)?.length ?? 0));
}

function longestConsonants(text: string): number {
  return Math.max(0, ...[...text.matchAll(/[bcdfghjklmnpqrstvwxz]+/g)].map(([run]) => run.length));
}
