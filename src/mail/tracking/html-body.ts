/**
 * The body of an HTML part as text that can be edited and written back. A character of the text is a byte of the body, read
 * as Latin-1, so what is not edited comes back as it was, whatever the charset; UTF-16 alone is read as such.
 */
import { isAscii } from "../charset.ts";
import { fieldValue, type MimePart } from "../mime-parts.ts";
import { base64Length, decodeQuotedPrintable, quotedPrintable, withCrlf, writeBase64 } from "../transfer-encoding.ts";

/** A body that can be edited. */
export interface HtmlBody {
  readonly text: string;
  /** The text with `x` for characters of other modes of a stateful charset; of the same length. */
  readonly markup: string;
  /** What a stretch of the text means. */
  decode(stretch: string): string;
  /** An edited text as the part's body: what was put in must be ASCII. */
  encode(edited: string): EncodedBody;
}

/** A body, and the transfer encoding that it has become by that; undefined where it is still the part's own. */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly encoding?: "quoted-printable";
}

/** Reads the body of a part; undefined where its transfer encoding or charset is none that can be edited. */
export function readHtmlBody(message: Buffer, part: MimePart): HtmlBody | undefined {
  const charset = charsetOf(part);
  if (charset !== undefined && uneditable.test(charset)) return undefined;
  const coding = readTransferEncoding(message, part);
  if (coding === undefined) return undefined;
  if (charset !== undefined && /^utf-?16/.test(charset)) return utf16Body(coding, charset);
  const { bytes: text, encode } = coding;
  const markup = charset === "iso-2022-jp" ? text.replace(japaneseMode, (found) => "x".repeat(found.length)) : text;
  return { text, markup, decode: decoderOf(charset), encode };
}

/** Charsets in which what looks like ASCII may be something else, and which readers don't know. */
const uneditable = /^(?:utf-7|unicode-1-1-utf-7|utf-?32|hz-gb-2312|iso-2022-(?:kr|cn)|x-user-defined)/;

/** From a switch to a set of Japanese characters to the next switch, or to the end of the line (RFC 1468). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what switches
const japaneseMode = /\u001b(?:\$\(?[@-D]|\(I)[^\u001b\r\n]*/g;

function charsetOf({ fields }: MimePart): string | undefined {
  const value = fieldValue(fields, "content-type") ?? "";
  return /;\s*charset\s*=\s*"?([^\s;"]{1,60})/i.exec(value)?.[1]?.toLowerCase();
}

const utf8 = new TextDecoder();

function decoderOf(charset: string | undefined): (stretch: string) => string {
  const decoder = textDecoder(charset) ?? utf8;
  return (stretch) => {
    if (isAscii(stretch) && !stretch.includes("\u001b")) return stretch;
    return decoder.decode(Buffer.from(stretch, "latin1"));
  };
}

function textDecoder(charset: string | undefined): TextDecoder | undefined {
  if (charset === undefined) return undefined;
  try {
    return new TextDecoder(charset);
  } catch {
    // A RangeError: a label that the Encoding Standard does not know.
    return undefined;
  }
}

interface TransferCoding {
  /** The bytes of the body, as Latin-1. */
  readonly bytes: string;
  encode(bytes: string): EncodedBody;
}

function readTransferEncoding(message: Buffer, { fields, start, end }: MimePart): TransferCoding | undefined {
  const raw = message.toString("latin1", start, end);
  const given = fieldValue(fields, "content-transfer-encoding") ?? "7bit";
  switch (/^[^\s;(]*/.exec(given.toLowerCase())?.[0]) {
    case "quoted-printable":
      return {
        bytes: decodeQuotedPrintable(withCrlf(raw)),
        encode: (bytes) => ({ bytes: Buffer.from(quotedPrintable(Buffer.from(bytes, "latin1"), true), "latin1") }),
      };
    case "base64":
      return isBase64(raw) ? base64Coding(raw) : undefined;
    case "7bit":
    case "8bit":
      return { bytes: raw, encode: encodeLines };
    case "binary":
      return { bytes: raw, encode: (bytes) => ({ bytes: Buffer.from(bytes, "latin1") }) };
    default:
      return undefined;
  }
}

/** Readers differ in what they make of anything else. */
function isBase64(raw: string): boolean {
  const padding = raw.indexOf("=");
  return !/[^A-Za-z0-9+/=\s]/.test(raw) && (padding < 0 || !/[^=\s]/.test(raw.slice(padding)));
}

function base64Coding(raw: string): TransferCoding {
  const lineBreak = /\r?\n$/.exec(raw)?.[0] ?? "";
  return {
    bytes: Buffer.from(raw, "base64").toString("latin1"),
    encode(bytes) {
      const out = Buffer.allocUnsafe(base64Length(bytes.length) + lineBreak.length);
      out.write(lineBreak, writeBase64(Buffer.from(bytes, "latin1"), out, 0), "latin1");
      return { bytes: out };
    },
  };
}

/** As it is, unless a tracked link has made a line longer than lines may be (RFC 5322, 2.1.1). */
function encodeLines(text: string): EncodedBody {
  const bytes = Buffer.from(text, "latin1");
  if (!hasLongLine(text)) return { bytes };
  return { bytes: Buffer.from(quotedPrintable(bytes, true), "latin1"), encoding: "quoted-printable" };
}

function hasLongLine(text: string): boolean {
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    if (end - start > 999) return true;
    start = end + 1;
  }
  return text.length - start > 998;
}

/** UTF-16 as text; without a byte order mark it is little-endian, as the Encoding Standard has it. */
function utf16Body({ bytes, encode }: TransferCoding, charset: string): HtmlBody | undefined {
  const raw = Buffer.from(bytes, "latin1");
  // Half a character at the end would not come back.
  if (raw.length % 2 !== 0) return undefined;
  const big = charset.endsWith("be") || (charset.endsWith("16") && raw[0] === 0xfe && raw[1] === 0xff);
  const text = (big ? raw.swap16() : raw).toString("utf16le");
  return {
    text,
    markup: text,
    decode: (stretch) => stretch,
    encode(edited) {
      const out = Buffer.from(edited, "utf16le");
      return encode((big ? out.swap16() : out).toString("latin1"));
    },
  };
}
