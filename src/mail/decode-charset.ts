/** Bytes of others' mail to text, by the charset that it declares or seems to be in. */
import { isAscii } from "./charset.ts";

/**
 * Text of bytes. Never throws: what is in no charset that is known is read as UTF-8 or else as windows-1252.
 * @param raw one character for each byte.
 * @param charset as declared, if at all. ISO-2022-JP is known by its escapes: many who write it don't declare it.
 */
export function decodeCharset(raw: string, charset: string | undefined): string {
  const label = charset?.trim().toLowerCase();
  if (raw.includes("\u001b$")) return decoded(raw, "iso-2022-jp") ?? raw;
  if (isAscii(raw) && !/^(?:utf-?16|iso-2022)/.test(label ?? "")) return raw;
  const declared = label === undefined || label === "us-ascii" ? undefined : decoded(raw, label);
  return declared ?? decoded(raw, "utf-8", true) ?? decoded(raw, "windows-1252") ?? raw;
}

function decoded(raw: string, label: string, fatal = false): string | undefined {
  try {
    return new TextDecoder(label, { fatal }).decode(Buffer.from(raw, "latin1"));
  } catch {
    // A RangeError: no charset of this name. A TypeError: not in this charset. The caller has another way to read it.
    return undefined;
  }
}
