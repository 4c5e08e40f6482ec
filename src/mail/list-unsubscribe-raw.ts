/** Inserts unsubscribe links into the body of a raw message. */
import { withCrlfBytes } from "./line-endings.ts";
import { unsubscribePlaceholder, withUnsubscribeLinks } from "./list-unsubscribe.ts";
import { fieldValue, type MimePart } from "./mime-parts.ts";
import { base64Length, decodeQuotedPrintable, quotedPrintable, withCrlf, writeBase64 } from "./transfer-encoding.ts";

/**
 * Returns the body with unsubscribe links in its text parts and CRLF line breaks. Handles text/plain and text/html
 * parts that are not attachments, in any transfer encoding of RFC 2045, in any charset that is a superset of ASCII (not
 * UTF-16). A part without a placeholder stays unchanged, byte for byte.
 * @param leaves the message's leaf parts, in order.
 */
export function bodyWithUnsubscribeLinks(
  bytes: Buffer,
  bodyStart: number,
  leaves: readonly MimePart[],
  url: string,
): Buffer {
  const pieces: Buffer[] = [];
  let at = bodyStart;
  for (const leaf of leaves) {
    const filled = isText(leaf) ? filledPart(bytes, leaf, url) : undefined;
    if (filled === undefined) continue;
    pieces.push(bytes.subarray(at, leaf.start), filled);
    at = leaf.end;
  }
  pieces.push(bytes.subarray(at));
  return withCrlfBytes(Buffer.concat(pieces));
}

function isText({ fields, type }: MimePart): boolean {
  if (type !== "text/plain" && type !== "text/html") return false;
  return !/^attachment\b/i.test(fieldValue(fields, "content-disposition") ?? "");
}

/** The part's body with links, in its original encoding; undefined if it has no placeholder. */
function filledPart(bytes: Buffer, { fields, start, end }: MimePart, url: string): Buffer | undefined {
  // Latin-1 preserves every byte, whatever the charset.
  const text = bytes.toString("latin1", start, end);
  const encoding = fieldValue(fields, "content-transfer-encoding")?.toLowerCase() ?? "7bit";
  switch (encoding) {
    case "quoted-printable": {
      // Lone line feeds become CRLF first: after decoding they can't be told from encoded ones.
      const filled = filledText(decodeQuotedPrintable(withCrlf(text)), url);
      return filled === undefined ? undefined : Buffer.from(quotedPrintable(Buffer.from(filled, "latin1"), true));
    }
    case "base64": {
      const filled = filledText(Buffer.from(text, "base64").toString("latin1"), url);
      return filled === undefined ? undefined : encodeBase64(Buffer.from(filled, "latin1"), /\r?\n$/.test(text));
    }
    case "7bit":
    case "8bit":
    case "binary": {
      const filled = filledText(text, url);
      return filled === undefined ? undefined : Buffer.from(filled, "latin1");
    }
    // A part in an unknown encoding stays unchanged.
    default:
      return undefined;
  }
}

function filledText(text: string, url: string): string | undefined {
  return text.includes(unsubscribePlaceholder) ? withUnsubscribeLinks(text, url) : undefined;
}

function encodeBase64(bytes: Buffer, endsWithBreak: boolean): Buffer {
  const out = Buffer.allocUnsafe(base64Length(bytes.length));
  writeBase64(bytes, out, 0);
  return endsWithBreak ? Buffer.concat([out, Buffer.from("\r\n")]) : out;
}
