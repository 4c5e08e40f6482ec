/** Patterns that callers give: a part of a text, or a regular expression that can't hold up the server. */
import { createContext, Script } from "node:vm";

/** Tells for each text whether it matches. Throws a `SlowPattern`. */
export type TextPattern = (texts: readonly string[]) => readonly boolean[];

/** A pattern is no regular expression. The message is for the caller. */
export class PatternError extends Error {
  override name = "PatternError";
}

/** A regular expression took too long. The message is for the caller. */
export class SlowPattern extends PatternError {
  override name = "SlowPattern";
}

/** In characters: longer texts are cut. SES's longest subject has 998. */
const longestText = 1_000;
/**
 * For all texts of a call, in milliseconds: hundreds of times what an expression needs that does not backtrack, because
 * the time counts also while other processes have the processor. Regular expressions can backtrack for hours.
 */
const longestMs = 500;

const evaluate = new Script("texts.map((text) => pattern.test(text))");
const values: { pattern?: RegExp; texts?: readonly string[] } = {};
let context: typeof values | undefined;

/**
 * Reads a pattern: `/…/` with the flags i, m, s and u is a regular expression, anything else a part of the text in any
 * case.
 * @throws PatternError if the expression is invalid
 */
export function compileTextPattern(text: string): TextPattern {
  const [, source, flags = ""] = /^\/(.+)\/([a-z]*)$/s.exec(text) ?? [];
  if (source === undefined) {
    const wanted = text.toLowerCase();
    return (texts) => texts.map((one) => one.toLowerCase().includes(wanted));
  }
  const pattern = readExpression(source, flags);
  return (texts) => test(pattern, texts);
}

function readExpression(source: string, flags: string): RegExp {
  if (!/^[imsu]*$/.test(flags)) throw new PatternError("A regular expression may have the flags i, m, s and u.");
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new PatternError(`The regular expression is invalid: ${error instanceof Error ? error.message : error}`);
  }
}

/** In a context of its own, because only there V8 interrupts an expression that backtracks. */
function test(pattern: RegExp, texts: readonly string[]): readonly boolean[] {
  context ??= createContext(values);
  Object.assign(values, { pattern, texts: texts.map((text) => text.slice(0, longestText)) });
  try {
    const matches: unknown = evaluate.runInContext(context, { timeout: longestMs });
    return Array.from(texts, (_, index) => Array.isArray(matches) && matches[index] === true);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    throw new SlowPattern(
      "The regular expression takes too long to match: make it simpler, without nested repetitions.",
    );
  }
}

/** The error can be one of the other context, and so no instance of this one's `Error`. */
function isTimeout(error: unknown): boolean {
  const isObject = typeof error === "object" && error !== null;
  return isObject && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}
