/** Converts the model's Java patterns to JavaScript patterns that match a whole string in linear time. */

/**
 * Replaces patterns whose backtracking takes quadratic time on crafted strings with equivalent linear ones. Errors
 * still print the model's pattern.
 */
const linearEquals: ReadonlyMap<string, string> = new Map([
  // Text, an @ and text on one line. If any @ works, the first one after the first character does.
  ["^(.+)@(.+)$", "^.[^@\\n\\r\\u2028\\u2029]*@.+$"],
  // The last segment, optionally with a trailing slash. Anything before it ends with a slash and is one line.
  ["^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$", "^s3:\\/\\/[^\\/]+\\/(?:.*\\/)?[^\\/]+\\/?$"],
]);

/**
 * A pattern with the semantics of Java's `matches`: the whole string, ASCII `\w`, by code point. Throws a SyntaxError
 * for a pattern that is invalid in JavaScript.
 */
export function fullMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${linearEquals.get(pattern) ?? pattern})$`, "u");
}
