/** Encoded words (RFC 2047): text in header fields that ASCII can't tell. */
import { decodeCharset } from "./decode-charset.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

// Also with white space in them, which RFC 2047 forbids and many write; a language after the charset is RFC 2231's.
const encodedWord = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=/g;

/**
 * Decodes the encoded words of a value; what is malformed stays as it is. Words that follow each other in one charset are
 * decoded as one, since many break them within a character. Linear, never throws.
 */
export function decodeWords(value: string): string {
  const out: string[] = [];
  let words: { charset: string; bytes: string } | undefined;
  const flush = () => {
    if (words !== undefined) out.push(decodeCharset(words.bytes, words.charset));
    words = undefined;
  };
  let at = 0;
  for (const match of value.matchAll(encodedWord)) {
    const between = value.slice(at, match.index);
    const charset = (match[1] ?? "").toLowerCase();
    // White space between two words is no text (RFC 2047, 6.2).
    const follows = words !== undefined && /^[ \t\r\n]*$/.test(between);
    if (!follows || words?.charset !== charset) flush();
    if (!follows) out.push(between);
    words = { charset, bytes: (words?.bytes ?? "") + wordBytes(match[2] ?? "", match[3] ?? "") };
    at = match.index + match[0].length;
  }
  flush();
  out.push(value.slice(at));
  return out.join("");
}

/** The bytes of a word, a character each. */
function wordBytes(encoding: string, data: string): string {
  if (encoding === "B" || encoding === "b") return Buffer.from(data, "base64").toString("latin1");
  return decodeQuotedPrintable(Buffer.from(data.replaceAll("_", " ")).toString("latin1"));
}
