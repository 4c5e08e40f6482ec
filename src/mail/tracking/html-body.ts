/**
 * Decodes the body of an HTML part to text that can be edited and encoded again. Each character of the text is a byte
 * of the body, read as Latin-1, so that unedited text round-trips in any charset. Only UTF-16 is decoded as such.
 */
import { isAscii } from "../charset.ts";
import { fieldValue, type MimePart } from "../mime-parts.ts";
import { parameter } from "../parameters.ts";
import {
  base64Length,
  decodeQuotedPrintable,
  hasLongLine,
  quotedPrintable,
  withCrlf,
  writeBase64,
} from "../transfer-encoding.ts";

export interface HtmlBody {
  readonly text: string;
  /** The text with `x` for characters in non-ASCII modes of a stateful charset; of the same length. */
  readonly markup: string;
  /** Decodes part of the text by the charset. */
  decode(stretch: string): string;
  /** Encodes an edited text as the part's body. Inserted text must be ASCII. */
  encode(edited: string): EncodedBody;
}

/** A body, and its transfer encoding if that differs from the part's original one. */
export interface EncodedBody {
  readonly bytes: Buffer;
  readonly encoding?: "quoted-printable";
}

/** Reads the body of a part; undefined if its transfer encoding or charset is not supported. */
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

/** Charsets in which bytes that look like ASCII may be other characters, and which mail readers don't support. */
const uneditable = /^(?:utf-7|unicode-1-1-utf-7|utf-?32|hz-gb-2312|iso-2022-(?:kr|cn)|x-user-defined)/;

/** From a switch to a Japanese character set to the next switch, or to the end of the line (RFC 1468). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what switches
const japaneseMode = /\u001b(?:\$\(?[@-D]|\(I)[^\u001b\r\n]*/g;

function charsetOf({ fields }: MimePart): string | undefined {
  const value = fieldValue(fields, "content-type") ?? "";
  return parameter(value, "charset")?.trim().toLowerCase() || undefined;
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
    // A RangeError: the Encoding Standard doesn't define the label.
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

/** Mail readers differ in how they decode anything else. */
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

/** Keeps the encoding unless a tracked link makes a line longer than allowed (RFC 5322, 2.1.1). */
function encodeLines(text: string): EncodedBody {
  const bytes = Buffer.from(text, "latin1");
  if (!hasLongLine(bytes)) return { bytes };
  return { bytes: Buffer.from(quotedPrintable(bytes, true), "latin1"), encoding: "quoted-printable" };
}

/** Decodes UTF-16; without a byte order mark it is little-endian, as in the Encoding Standard. */
function utf16Body({ bytes, encode }: TransferCoding, charset: string): HtmlBody | undefined {
  const raw = Buffer.from(bytes, "latin1");
  // Half a character at the end would not round-trip.
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
