/** Converts untrusted text to one line without control characters, with at most `length` characters. */
export function oneLine(text: string, length: number): string {
  return text
    .slice(0, length)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .toWellFormed();
}
