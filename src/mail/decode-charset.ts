/** Decodes the bytes of received mail by the charset that it declares or appears to use. */
import { isAscii } from "./charset.ts";

/**
 * Decodes bytes. Never throws: without a known charset, bytes are read as UTF-8 or else as windows-1252.
 * @param raw one character for each byte.
 * @param charset the declared one, if any. ISO-2022-JP is recognized by its escape sequences, since it is often
 * undeclared.
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
    // A RangeError: unknown charset. A TypeError: invalid bytes in this charset. The caller tries another charset.
    return undefined;
  }
}
