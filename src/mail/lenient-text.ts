/** Text in others' mail: of bodies, of fields, and the names of files. Never throws, linear. */
import { decodeCharset } from "./decode-charset.ts";
import { decodeWords } from "./encoded-words.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

/**
 * The text of a body, with LF line breaks.
 * @param raw one character for each byte.
 * @param encoding the Content-Transfer-Encoding, if any.
 * @param charset the declared charset, if any.
 */
export function decodeText(raw: string, encoding: string | undefined, charset: string | undefined): string {
  const text = decodeCharset(transferDecoded(raw, encoding), charset);
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

/** The bytes of a body, a character each. */
export function transferDecoded(raw: string, encoding: string | undefined): string {
  switch (encoding?.trim().toLowerCase()) {
    case "base64":
      return Buffer.from(raw, "base64").toString("latin1");
    case "quoted-printable":
      return decodeQuotedPrintable(raw);
    default:
      return raw;
  }
}

/** What a field says: bytes beyond ASCII and encoded words are decoded. */
export function fieldText(value: string): string {
  return decodeWords(decodeCharset(value, undefined));
}

/**
 * The name of the file that a part holds, or undefined. Names may be in pieces and in any charset (RFC 2231), or, which no
 * standard has and many write, encoded words.
 */
export function fileName(disposition: string | undefined, type: string | undefined): string | undefined {
  return namedBy(disposition ?? "", "filename") ?? namedBy(type ?? "", "name");
}

function namedBy(value: string, parameter: string): string | undefined {
  const pattern = new RegExp(
    `[;\\s]${parameter}(?:\\*(\\d{1,3}))?(\\*)?[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)|([^;]*))`,
    "gi",
  );
  let plain: string | undefined;
  const pieces = new Map<number, { text: string; encoded: boolean }>();
  for (const [, number, star, quoted, token] of value.matchAll(pattern)) {
    const text = quoted?.replace(/\\(.)/g, "$1") ?? token?.trim() ?? "";
    const encoded = star !== undefined;
    if (number === undefined && !encoded) plain ??= text;
    else if (!pieces.has(Number(number ?? 0))) pieces.set(Number(number ?? 0), { text, encoded });
  }
  return joined(pieces) ?? (plain === undefined ? undefined : fieldText(plain));
}

/** The pieces of a value up to the first that is missing; the first may tell the charset: `utf-8'en'text`. */
function joined(pieces: ReadonlyMap<number, { text: string; encoded: boolean }>): string | undefined {
  const first = pieces.get(0);
  if (first === undefined) return undefined;
  const charset = first.encoded ? /^([^']*)'[^']*'/.exec(first.text) : null;
  const bytes: string[] = [];
  for (let index = 0, piece: typeof first | undefined = first; piece; piece = pieces.get(++index)) {
    const text = index === 0 ? piece.text.slice(charset?.[0].length ?? 0) : piece.text;
    bytes.push(piece.encoded ? percentDecoded(text) : text);
  }
  return decodeCharset(bytes.join(""), charset?.[1] || undefined);
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
