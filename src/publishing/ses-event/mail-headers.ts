/** Reads the headers of a stored message for SES's events: `headers`, `headersTruncated` and `commonHeaders`. */
import { type Address, parseAddressList } from "../../mail/address.ts";
import { decodeWords } from "../../mail/encoded-words.ts";
import { type HeaderField, readHeaderBlock } from "../../mail/header-block.ts";
import { MailError } from "../../mail/mail-error.ts";

/** In bytes: SES shows the headers up to here. */
const shownBytes = 10 * 1024;
/** In bytes: what is read of a message. The common headers can stand behind those that are shown. */
const readBytes = 64 * 1024;
/**
 * In characters: how much of the common headers is shown. SNS takes messages of up to 256 KB, in which a character may
 * need six bytes.
 */
const mostText = 4 * 1024;
const mostAddresses = 20 * 1024;

/** How much of a stored message to read for its headers, in bytes from its start. */
export function headerBytes(mailLength: number): number {
  return Math.min(mailLength, readBytes);
}

/** The headers as SES shows them. Absent ones are undefined or empty. */
export interface MailHeaders {
  /** In their order, unfolded; encoded words stay as they are. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly truncated: boolean;
  /** Decoded. */
  readonly common: CommonHeaders;
}

export interface CommonHeaders {
  readonly from: readonly string[];
  readonly replyTo: readonly string[];
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly date: string | undefined;
  /** The field Message-ID, with its angle brackets. */
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
}

/**
 * Reads the headers. Takes linear time; the result is bounded.
 * @param start the first `headerBytes(mailLength)` bytes of the message
 * @returns undefined if the message doesn't start with a valid header, which none does that was accepted.
 */
export function readMailHeaders(start: Buffer, mailLength: number): MailHeaders | undefined {
  const cut = start.length < mailLength && !hasEmptyLine(start);
  let fields: readonly HeaderField[];
  try {
    ({ fields } = readHeaderBlock(cut ? start.subarray(0, lastFieldStart(start)) : start));
  } catch (error) {
    if (error instanceof MailError) return undefined;
    throw error;
  }
  const shown = fields.filter(({ end }) => end <= shownBytes);
  return {
    headers: shown.map(({ name, value }) => ({ name, value: value.replaceAll("\t", " ").toWellFormed() })),
    truncated: cut || shown.length < fields.length,
    common: commonHeaders(fields),
  };
}

function hasEmptyLine(bytes: Buffer): boolean {
  return bytes.includes("\n\r\n") || bytes.includes("\n\n");
}

/** The offset of the last line that is not a continuation: the cut is somewhere in its field. */
function lastFieldStart(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf("\n"); at > 0; at = bytes.lastIndexOf("\n", at - 1)) {
    const next = bytes[at + 1];
    if (next !== undefined && next !== 0x20 && next !== 0x09) return at + 1;
  }
  return 0;
}

function commonHeaders(fields: readonly HeaderField[]): CommonHeaders {
  const byName = Map.groupBy(fields, ({ name }) => name.toLowerCase());
  const first = (wanted: string) => byName.get(wanted)?.[0]?.value;
  let left = mostAddresses;
  const addresses = (wanted: string) => {
    const found = (byName.get(wanted) ?? []).flatMap(({ value }) => addressesIn(value));
    // Whole addresses only.
    const kept: string[] = [];
    for (const address of found) {
      if (address.length > left) break;
      left -= address.length;
      kept.push(address);
    }
    return kept;
  };
  const subject = first("subject");
  return {
    subject: subject === undefined ? undefined : shortened(decodeWords(subject)),
    date: shortened(first("date")),
    messageId: shortened(first("message-id")),
    from: addresses("from"),
    replyTo: addresses("reply-to"),
    to: addresses("to"),
    cc: addresses("cc"),
  };
}

function shortened(text: string | undefined): string | undefined {
  return text?.slice(0, mostText).toWellFormed();
}

/** The addresses as SES writes them, or the decoded value if they can't be parsed. */
function addressesIn(value: string): string[] {
  try {
    return parseAddressList(value).map(written);
  } catch (error) {
    if (error instanceof MailError) return [decodeWords(value).toWellFormed()];
    throw error;
  }
}

/** `Name <a@b.c>`, with the name decoded. JavaMail, which SES uses, quotes names with these characters. */
function written({ displayName, address }: Address): string {
  if (displayName === undefined) return address;
  const name = /[^ -~]|[()<>@,;:\\".[\]]/.test(displayName)
    ? `"${displayName.replaceAll(/["\\]/g, "\\$&")}"`
    : displayName;
  return `${name} <${address}>`;
}
