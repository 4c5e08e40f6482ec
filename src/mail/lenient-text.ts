/** Decodes text in received mail: bodies, fields and file names. Never throws, takes linear time. */
import { decodeCharset } from "./decode-charset.ts";
import { decodeWords } from "./encoded-words.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

/**
 * Decodes a body to text with LF line breaks.
 * @param raw one character for each byte.
 * @param encoding the Content-Transfer-Encoding, if any.
 * @param charset the declared charset, if any.
 */
export function decodeText(raw: string, encoding: string | undefined, charset: string | undefined): string {
  const text = decodeCharset(transferDecoded(raw, encoding), charset);
  return text.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

/** Decodes the transfer encoding of a body; one character for each byte. */
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

/** Decodes non-ASCII bytes and encoded words in a field's value. */
export function fieldText(value: string): string {
  return decodeWords(decodeCharset(value, undefined));
}

/**
 * The file name of a part, or undefined. A name may be in segments and in any charset (RFC 2231), or in encoded words,
 * which are not standard here but common.
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

/** Joins the segments of a value up to the first missing one. The first may declare the charset: `utf-8'en'text`. */
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
