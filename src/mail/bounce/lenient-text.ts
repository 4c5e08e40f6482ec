/** Bytes of a part to text: transfer encodings (RFC 2045, 6) and charsets as they are found in reports, in linear time. */
import { Parser } from "htmlparser2";

/** How much of a part is decoded, in bytes of the mail; also what is read of a text. */
const maxPartText = 128 * 1024;

/**
 * The text of a body, with LF line breaks; never throws.
 * @param raw one character for each byte.
 * @param encoding the Content-Transfer-Encoding, if any.
 * @param charset the declared charset, if any; an unknown one is read as UTF-8 or else Latin-1.
 */
export function decodeText(raw: string, encoding: string | undefined, charset: string | undefined): string {
  const bounded = raw.slice(0, maxPartText);
  const bytes = transferDecoded(bounded, encoding?.trim().toLowerCase() ?? "");
  return decodeCharset(bytes, charset).replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

function transferDecoded(raw: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(raw, "base64").toString("latin1");
  return encoding === "quoted-printable" ? quotedPrintableDecoded(raw) : raw;
}

/** Quoted-printable to bytes; what is no escape stays as it is. */
export function quotedPrintableDecoded(raw: string): string {
  return raw
    .replace(/=[ \t]{0,80}\n/g, "")
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Bytes (a character each) to text. ISO-2022-JP is known by its escapes: many who write it don't declare it. */
export function decodeCharset(raw: string, charset: string | undefined): string {
  if (raw.includes("\u001b$")) return decoded(raw, "iso-2022-jp") ?? raw;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (!/[^\u0000-\u007f]/.test(raw)) return raw;
  const label = charset?.trim().toLowerCase();
  if (label === undefined || label === "utf-8" || label === "us-ascii") return decoded(raw, "utf-8", true) ?? raw;
  return decoded(raw, label) ?? decoded(raw, "utf-8", true) ?? raw;
}

function decoded(raw: string, label: string, fatal = false): string | undefined {
  try {
    return new TextDecoder(label, { fatal }).decode(Buffer.from(raw, "latin1"));
  } catch {
    // A RangeError: no charset of this name. A TypeError: not in this charset. The caller has another way to read it.
    return undefined;
  }
}

/** Decodes the encoded words of a field (RFC 2047); what is malformed stays as it is. */
export function decodeWords(value: string): string {
  if (!value.includes("=?")) return decodeCharset(value, undefined);
  return value
    .slice(0, 4096)
    .replace(/\?=[ \t]{1,80}=\?/g, "?==?")
    .replace(/=\?([\w.:-]{1,40})(?:\*[\w-]{1,20})?\?([BbQq])\?([^?]{0,1000})\?=/g, (_, charset, kind, data) => {
      const text: string = data;
      const bytes =
        kind === "B" || kind === "b"
          ? Buffer.from(text, "base64").toString("latin1")
          : quotedPrintableDecoded(text.replaceAll("_", " "));
      return decodeCharset(bytes, String(charset));
    });
}

const blocks = new Set("p div br tr table li ul ol h1 h2 h3 h4 h5 h6 hr blockquote pre".split(" "));

/** The text that HTML shows, a line for each block. */
export function htmlToText(html: string): string {
  const out: string[] = [];
  let hidden = 0;
  const isHidden = (name: string) => name === "style" || name === "script" || name === "head";
  const parser = new Parser({
    onopentagname(name) {
      if (isHidden(name)) hidden++;
      if (blocks.has(name)) out.push("\n");
      if (name === "td" || name === "th") out.push(" ");
    },
    ontext(text) {
      if (hidden === 0) out.push(text);
    },
    onclosetag(name) {
      if (isHidden(name)) hidden--;
      if (blocks.has(name)) out.push("\n");
    },
  });
  parser.end(html);
  return out
    .join("")
    .replace(/[ \t]{1,200}/g, " ")
    .replace(/\n[ \n]{1,200}/g, "\n");
}
