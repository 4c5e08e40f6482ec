/**
 * Parses a raw message (SendEmail's Raw content) and rewrites it as SES does:
 * - the header must have From, and must not repeat a field that SES allows only once;
 * - Bcc, Return-Path and X-SES- fields are read, then removed;
 * - Message-ID and Date are replaced; line breaks become CRLF;
 * - in mail to a contact list, List-Unsubscribe is replaced and unsubscribe links are inserted into the text.
 * The rest stays unchanged, byte for byte. The body is copied once, when the message is written.
 */

import { type Address, parseAddressList } from "./address.ts";
import { hasRefusedExtension } from "./attachment.ts";
import type { WritableMessage } from "./compose.ts";
import { hasTestVirus } from "./content-scan.ts";
import { decodeWords } from "./encoded-words.ts";
import { type HeaderField, readHeaderBlock } from "./header-block.ts";
import { duplicatedHeader, isSesHeader } from "./header-names.ts";
import { possibleFileNames } from "./lenient-text.ts";
import { withCrlfBytes } from "./line-endings.ts";
import { isUnsubscribeField, unsubscribeFields } from "./list-unsubscribe.ts";
import { bodyWithUnsubscribeLinks } from "./list-unsubscribe-raw.ts";
import { MailError } from "./mail-error.ts";
import { maxMimeParts, stampFields } from "./message-stamp.ts";
import { fieldBytes, fieldValue, leafParts, type MimePart } from "./mime-parts.ts";
import { decodeQuotedPrintable } from "./transfer-encoding.ts";

/** The parsed header of a raw message, ready to be written. */
export interface RawMessage extends WritableMessage {
  /** The From field, unfolded. The caller checks its addresses, since SES's error text depends on other parameters. */
  readonly from: string;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly bcc: readonly Address[];
  readonly replyTo: readonly Address[];
  /** Where to send bounces, if the message specifies it. */
  readonly returnPath: Address | undefined;
  /** Decoded; undefined if absent. */
  readonly subject: string | undefined;
  /** The X-SES- fields by name in lower case. */
  readonly sesFields: ReadonlyMap<string, string>;
  readonly hasHtml: boolean;
  /** Whether it contains the EICAR test string, unencoded or at the start of an encoded part. */
  readonly hasTestVirus: boolean;
}

/** How much of an encoded part is searched for the test string, in bytes. By definition the string starts a file. */
const scannedStart = 8192;

/**
 * Parses a raw message.
 * @param data is kept, not copied.
 * @throws MailError if SES would reject the message.
 */
export function readRawMessage(data: Uint8Array): RawMessage {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const { fields, bodyStart } = readHeaderBlock(bytes);
  const from = fieldValue(fields, "from");
  if (from === undefined || from === "") throw new MailError("Missing required header 'From'.");
  const duplicated = duplicatedHeader(fields.map((field) => field.name));
  if (duplicated !== undefined) throw new MailError(`Duplicate header '${duplicated}'.`);
  let parts = 0;
  const leaves = leafParts(bytes, fields, bodyStart, () => {
    if (++parts > maxMimeParts) throw new MailError(`The message has more than ${maxMimeParts} MIME parts.`);
  });
  for (const leaf of leaves) checkFileName(leaf);
  const kept = Buffer.concat(fields.filter(isKept).map((field) => keptField(bytes, field)));
  const header = withCrlfBytes(kept);
  const body = withCrlfBytes(bytes.subarray(bodyStart));
  const subject = fieldValue(fields, "subject");
  return {
    from,
    to: addresses(fields, "to"),
    cc: addresses(fields, "cc"),
    bcc: addresses(fields, "bcc"),
    replyTo: addresses(fields, "reply-to"),
    returnPath: returnPath(fields),
    subject: subject === undefined || subject === "" ? undefined : decodeWords(subject),
    sesFields: new Map(fields.filter((one) => isSesHeader(one.name)).map((one) => [one.name.toLowerCase(), one.value])),
    hasHtml: leaves.some((leaf) => leaf.type === "text/html"),
    hasTestVirus: hasTestVirus([bytes]) || hasTestVirus(decodedStarts(bytes, leaves)),
    size: header.length + 2 + body.length,
    write(stamp, unsubscribeUrl) {
      const own = stampFields(stamp);
      // A signed message must not change: SES documents that it can't add links to it.
      if (unsubscribeUrl === undefined || fieldValue(fields, "dkim-signature") !== undefined) {
        return Buffer.concat([Buffer.from(own), header, Buffer.from("\r\n"), body]);
      }
      const others = fields.filter((field) => isKept(field) && !isUnsubscribeField(field.name));
      const signed = /^multipart\/signed\b/i.test(fieldValue(fields, "content-type") ?? "");
      return Buffer.concat([
        Buffer.from(own + unsubscribeFields(unsubscribeUrl)),
        withCrlfBytes(Buffer.concat(others.map((field) => keptField(bytes, field)))),
        Buffer.from("\r\n"),
        signed ? body : bodyWithUnsubscribeLinks(bytes, bodyStart, leaves, unsubscribeUrl),
      ]);
    },
  };
}

function isKept({ name }: HeaderField): boolean {
  return !isSesHeader(name) && !/^(?:bcc|return-path|message-id|date)$/i.test(name);
}

/** The field's bytes with a line break, which the last line of a message without a body may lack. */
function keptField(bytes: Buffer, { start, end }: HeaderField): Buffer {
  const field = bytes.subarray(start, end);
  return field.at(-1) === 0x0a ? field : Buffer.concat([field, Buffer.from("\r\n")]);
}

/** The mailboxes of all fields with this name: SES accepts repeated To and Cc fields. */
function addresses(fields: readonly HeaderField[], name: string): Address[] {
  return fields.filter((field) => field.name.toLowerCase() === name).flatMap((field) => parseAddressList(field.value));
}

/** `<>` is the return path of a bounce (RFC 5321, 4.5.5). It names no address, so it counts as absent. */
function returnPath(fields: readonly HeaderField[]): Address | undefined {
  return fieldValue(fields, "return-path") === "<>" ? undefined : addresses(fields, "return-path")[0];
}

function checkFileName({ fields }: MimePart): void {
  // Of a repeated field, some mail programs read the last.
  const naming = fields.filter(({ name }) => /^content-(?:disposition|type)$/i.test(name));
  const names = naming.flatMap(({ value }) => possibleFileNames(fieldBytes(value)));
  const refused = names.find(hasRefusedExtension);
  if (refused === undefined) return;
  throw new MailError(`The attachment ${JSON.stringify(refused)} has a file type that is not supported.`);
}

/** Yields the decoded start of each encoded part. */
function* decodedStarts(bytes: Buffer, leaves: readonly MimePart[]): Generator<Buffer> {
  for (const { fields, start, end } of leaves) {
    const encoding = fieldValue(fields, "content-transfer-encoding")?.toLowerCase();
    const text = bytes.toString("latin1", start, Math.min(end, start + scannedStart));
    if (encoding === "base64") yield Buffer.from(text, "base64");
    else if (encoding === "quoted-printable") yield Buffer.from(decodeQuotedPrintable(text), "latin1");
  }
}
