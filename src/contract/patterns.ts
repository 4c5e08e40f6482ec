/** The model's Java patterns as JavaScript ones that match a whole string, in time linear to its length. */

/**
 * Patterns that backtrack for quadratic time on a crafted string, with an equal that doesn't.
 * The printed pattern stays the model's.
 */
const linearEquals: ReadonlyMap<string, string> = new Map([
  // Text, an @ and text on one line: the first @ after the first character serves if any does.
  ["^(.+)@(.+)$", "^.[^@\\n\\r\\u2028\\u2029]*@.+$"],
  // The last part without a slash, perhaps with one behind it; what is before it ends with a slash and is one line.
  ["^s3:\\/\\/([^\\/]+)\\/(.*?([^\\/]+)\\/?)$", "^s3:\\/\\/[^\\/]+\\/(?:.*\\/)?[^\\/]+\\/?$"],
]);

/**
 * A pattern as Java's `matches` reads it: the whole string, ASCII `\w`, by code point.
 * Throws a SyntaxError for a pattern that JavaScript can't read.
 */
export function fullMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${linearEquals.get(pattern) ?? pattern})$`, "u");
}
