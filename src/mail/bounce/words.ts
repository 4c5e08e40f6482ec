/**
 * Normalizes texts to words, so that the phrases of rules/ can be compared with replies of servers.
 *
 * A phrase is a sequence of words; `*` stands for up to a dozen words. Texts and phrases are compared word by word,
 * without case and punctuation. The last word of a phrase matches as a prefix (`exceed`: `exceeds`), unless it is the
 * only one.
 */

/** How many characters of a text are read. */
export const longestText = 6000;

/** The words of a reply or report, with a space before each and at the end. Addresses and codes are removed. */
export function normalized(text: string): string {
  const plain = text
    .slice(0, longestText)
    .toLowerCase()
    .replace(/[^\s<>"'(),;:]{1,128}@[^\s<>"'(),;:]{1,255}/g, " ")
    .replace(/#[a-z]\w{0,60}/g, " ")
    .replace(/(?<!\d)[245]\d\d[- ]{0,2}(?=#?[245]\.\d)/g, " ")
    .replace(/(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/g, " ")
    .replace(/(?<!\d)[245]\d\d-/g, " ");
  return ` ${words(plain)} `;
}

/** Letters without a Unicode decomposition into a base letter and an accent. */
const plainLetters: Readonly<Record<string, string>> = { ı: "i", ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae", œ: "oe" };

/**
 * Normalizes phrases and texts alike: removes accents from Latin letters; in scripts without spaces, each character
 * becomes a word.
 */
export function words(text: string): string {
  const plain = text.replace(/['’`´]/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (!/[^\u0000-\u007f]/.test(plain)) return plain.replace(/[^a-z0-9]{1,500}/g, " ").trim();
  return plain
    .replace(/[\u00c0-\u024f\u1e00-\u1eff]/g, (letter) => plainLetters[letter] ?? letter.normalize("NFD").charAt(0))
    .replace(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}]/gu, " $& ")
    .replace(/[^\p{L}\p{N}]{1,500}/gu, " ")
    .trim();
}

/** How many characters `*` matches at most. */
const maxGap = 100;

/** The parts of a phrase between its stars, each after a space. */
export function segmentsOf(phrase: string): string[] {
  return phrase
    .toLowerCase()
    .split("*")
    .map((segment) => ` ${words(segment)}`);
}

/** Whether a phrase stands at the space `at` of a normalized text. */
export function matchesAt(text: string, at: number, segments: readonly string[]): boolean {
  const first = segments[0] ?? "";
  if (!text.startsWith(first, at)) return false;
  let from = at + first.length;
  // A single word must match as a whole: `spam` doesn't match `spamalot`, but `over quot` matches `over quota`.
  if (segments.length === 1) return first.includes(" ", 1) || text[from] === " ";
  for (const segment of segments.slice(1)) {
    const found = text.slice(0, from + maxGap).indexOf(segment, from);
    if (found < 0) return false;
    from = found + segment.length;
  }
  return true;
}
