/**
 * Encodes text in the charset that a sender declares. The runtime encodes UTF-8, ASCII and Latin-1. For the other
 * charsets of the WHATWG Encoding Standard, the encoder inverts the runtime's decoder, so that text round-trips.
 */

export interface EncodedText {
  readonly bytes: Buffer;
  /** The name to write into the message: one defined in this file or by the Encoding Standard. */
  readonly charset: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
const beyondAscii = /[^\u0000-\u007f]/;
/** Latin-1 without its control characters, which mail readers decode as windows-1252. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
const beyondLatin1 = /[^\u0000-\u007f\u00a0-\u00ff]/;

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}

/**
 * Encodes text in the declared charset (any label of the Encoding Standard, in any case). Uses UTF-8 if none is
 * declared, the label is unknown, the charset is not a superset of ASCII, or it lacks a character of the text. So no
 * character is lost, whereas SES sends question marks.
 */
export function encodeText(text: string, declared?: string): EncodedText {
  const label = declared?.trim().toLowerCase() ?? "utf-8";
  if (label === "us-ascii" || label === "ascii") {
    if (isAscii(text)) return { bytes: Buffer.from(text, "latin1"), charset: "US-ASCII" };
  } else if (label === "iso-8859-1" || label === "latin1") {
    if (!beyondLatin1.test(text)) return { bytes: Buffer.from(text, "latin1"), charset: "ISO-8859-1" };
  } else if (label !== "utf-8" && label !== "utf8") {
    const encoder = encoderFor(label);
    const bytes = encoder?.encode(text);
    if (encoder !== undefined && bytes !== undefined) return { bytes, charset: encoder.charset };
  }
  return { bytes: Buffer.from(text.toWellFormed(), "utf8"), charset: "UTF-8" };
}

interface LegacyEncoder {
  charset: string;
  /** Undefined if the charset lacks a character of the text. */
  encode(text: string): Buffer | undefined;
}

const encoders = new Map<string, LegacyEncoder>();

function encoderFor(label: string): LegacyEncoder | undefined {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch {
    // A RangeError: the standard doesn't define the label. The caller falls back to UTF-8.
    return undefined;
  }
  const charset = decoder.encoding;
  // Stateful or wider than a byte: can't be inverted byte by byte.
  if (/^(?:utf-|iso-2022-jp|replacement|x-user-defined)/.test(charset)) return undefined;
  let encoder = encoders.get(charset);
  if (encoder === undefined) {
    encoder = { charset, encode: reverse(decoder) };
    encoders.set(charset, encoder);
  }
  return encoder;
}

/** Builds an encoder for all characters of one or two bytes: up to 25,000 entries in about ten milliseconds, once. */
function reverse(decoder: TextDecoder): (text: string) => Buffer | undefined {
  const codes = new Map<string, readonly number[]>();
  const learn = (bytes: readonly number[]): boolean => {
    let text: string;
    try {
      text = decoder.decode(Uint8Array.from(bytes));
    } catch {
      // A TypeError: these bytes are not a character in this charset.
      return false;
    }
    if (text.length === 1 && !codes.has(text)) codes.set(text, bytes);
    return true;
  };
  const leads: number[] = [];
  for (let byte = 0; byte < 256; byte++) if (!learn([byte])) leads.push(byte);
  for (const lead of leads) for (let trail = 0x40; trail < 0xff; trail++) learn([lead, trail]);
  return (text) => {
    const bytes: number[] = [];
    for (const character of text) {
      const code = codes.get(character);
      if (code === undefined) return undefined;
      for (const byte of code) bytes.push(byte);
    }
    return Buffer.from(bytes);
  };
}
