/**
 * Wildcards as in IAM: `*` stands for any characters, `?` for one.
 *
 * All patterns of a list run at once, as one automaton with a bit for each character of a pattern (Shift-And). A text
 * costs its length times the number of 32-bit words that the patterns need, whatever they are: there is no backtracking.
 */

/** Whether a text matches. */
export type Matcher = (text: string) => boolean;

/**
 * Compiles a list of patterns; a text matches if it matches one of them, with its case.
 * @param kind `arn`: the first five components of an ARN are compared on their own, so their wildcards match no colon.
 * Such a pattern needs six components (`isArnPattern`).
 */
export function compileGlobs(patterns: readonly string[], kind: "text" | "arn" = "text"): Matcher {
  const literals = new Set(patterns.filter((pattern) => !hasWildcard(pattern)));
  const globs = patterns.filter(hasWildcard);
  if (globs.length === 0) return (text) => literals.has(text);
  const automaton = new GlobAutomaton(globs, kind);
  return (text) => literals.has(text) || automaton.matches(text);
}

/** Whether a pattern has the six components of an ARN. */
export function isArnPattern(text: string): boolean {
  return text.startsWith("arn:") && text.split(":", arnComponents).length === arnComponents;
}

const arnComponents = 6;

function hasWildcard(pattern: string): boolean {
  return pattern.includes("*") || pattern.includes("?");
}

/**
 * Bit n of the state means: the text so far matches a pattern up to its nth character, counted over all patterns. Each
 * pattern begins with a bit of its own that no character leads to.
 */
class GlobAutomaton {
  readonly #start: Uint32Array;
  readonly #end: Uint32Array;
  /** The bits that stay set because a `*` follows, for any character but a colon, and for a colon. */
  readonly #stay: Uint32Array;
  readonly #stayAtColon: Uint32Array;
  /** The bits that a `?` leads to. */
  readonly #any: Uint32Array;
  readonly #anyColon: Uint32Array;
  /** The bits that a character leads to: pairs of a word's index and its bits. */
  readonly #bitsOf = new Map<string, [word: number, bits: number][]>();

  constructor(patterns: readonly string[], kind: "text" | "arn") {
    const bits = patterns.reduce((sum, pattern) => sum + pattern.length + 1, 0);
    const empty = () => new Uint32Array(Math.ceil(bits / 32));
    this.#start = empty();
    this.#end = empty();
    this.#stay = empty();
    this.#stayAtColon = empty();
    this.#any = empty();
    this.#anyColon = empty();
    let bit = 0;
    for (const pattern of patterns) {
      set(this.#start, bit);
      let component = kind === "arn" ? 1 : arnComponents;
      for (const char of pattern) {
        if (char === "*") {
          set(this.#stay, bit);
          if (component >= arnComponents) set(this.#stayAtColon, bit);
          continue;
        }
        bit++;
        if (char === "?") {
          set(this.#any, bit);
          if (component >= arnComponents) set(this.#anyColon, bit);
        } else this.#add(char, bit);
        if (char === ":") component++;
      }
      set(this.#end, bit++);
    }
  }

  #add(char: string, bit: number): void {
    const word = Math.floor(bit / 32);
    const mask = 1 << (bit % 32);
    const known = this.#bitsOf.get(char);
    const last = known?.at(-1);
    if (last?.[0] === word) last[1] |= mask;
    else if (known) known.push([word, mask]);
    else this.#bitsOf.set(char, [[word, mask]]);
  }

  matches(text: string): boolean {
    const words = this.#start.length;
    let state = this.#start.slice();
    let next = new Uint32Array(words);
    const moved = new Uint32Array(words);
    for (const char of text) {
      const colon = char === ":";
      const stay = colon ? this.#stayAtColon : this.#stay;
      const any = colon ? this.#anyColon : this.#any;
      let carry = 0;
      for (let word = 0; word < words; word++) {
        const now = state[word] ?? 0;
        const shifted = (now << 1) | carry;
        carry = now >>> 31;
        moved[word] = shifted;
        next[word] = (shifted & (any[word] ?? 0)) | (now & (stay[word] ?? 0));
      }
      for (const [word, bits] of this.#bitsOf.get(char) ?? [])
        next[word] = (next[word] ?? 0) | ((moved[word] ?? 0) & bits);
      [state, next] = [next, state];
    }
    return state.some((word, index) => (word & (this.#end[index] ?? 0)) !== 0);
  }
}

function set(words: Uint32Array, bit: number): void {
  const word = Math.floor(bit / 32);
  words[word] = (words[word] ?? 0) | (1 << (bit % 32));
}
