/** JSON that any reader accepts. */

/**
 * Writes a value as JSON on one line. Lone surrogates in its texts have no UTF-8 encoding: JSON.stringify escapes them,
 * and many readers reject the escape. They become U+FFFD.
 */
export function wellFormedJson(value: object): string {
  const text = JSON.stringify(value);
  // Nearly no text has any such escape, and looking for it without a pattern is much faster.
  return text.includes("\\ud") && mayHaveLoneSurrogate.test(text) ? JSON.stringify(value, wellFormed) : text;
}

const mayHaveLoneSurrogate = /\\ud[89a-f]/;

function wellFormed(_name: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
