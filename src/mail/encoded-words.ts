/** Decodes encoded words (RFC 2047): text in header fields that is not ASCII. */
import { decodeCharset } from "./decode-charset.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

// Accepts white space in them, which RFC 2047 forbids but is common, and a language after the charset (RFC 2231).
const encodedWord = /=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([BbQq])\?([^?]*)\?=/g;

/**
 * Decodes the encoded words of a value; malformed ones stay unchanged. Adjacent words in one charset are decoded
 * together, since many mailers split them within a character. Takes linear time, never throws.
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
    // White space between two encoded words is ignored (RFC 2047, 6.2).
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

/** The bytes of an encoded word, one character for each. */
function wordBytes(encoding: string, data: string): string {
  if (encoding === "B" || encoding === "b") return Buffer.from(data, "base64").toString("latin1");
  return decodeQuotedPrintable(Buffer.from(data.replaceAll("_", " ")).toString("latin1"));
}
