/**
 * Parses a raw message (SendEmail's Raw content) and rewrites it as SES does:
 * - the header must have From unless the request names a sender, and must not repeat a field that SES allows only once;
 * - Bcc, Return-Path and X-SES- fields are read, then removed;
 * - Message-ID and Date are replaced; line breaks become CRLF;
 * - lines that are too long for SMTP are folded or re-encoded;
 * - in mail to a contact list, List-Unsubscribe is replaced and unsubscribe links are inserted into the text.
 * The rest stays unchanged, byte for byte. The body is copied once, when the message is written.
 */

import { type Address, type AddressRules, parseAddressList } from "./address.ts";
import { hasRefusedExtension } from "./attachment.ts";
import type { WritableMessage } from "./compose.ts";
import { hasTestVirus } from "./content-scan.ts";
import { decodeWords } from "./encoded-words.ts";
import { type HeaderField, readHeaderBlock } from "./header-block.ts";
import { duplicatedHeader, isSesHeader } from "./header-names.ts";
import { addressField } from "./header-value.ts";
import { possibleFileNames } from "./lenient-text.ts";
import { withCrlfBytes } from "./line-endings.ts";
import { isUnsubscribeField, unsubscribeFields } from "./list-unsubscribe.ts";
import { bodyWithUnsubscribeLinks } from "./list-unsubscribe-raw.ts";
import { withoutLongLines } from "./long-lines.ts";
import { MailError, RejectedContentError } from "./mail-error.ts";
import { stampFields } from "./message-stamp.ts";
import { fieldBytes, fieldValue, leafParts, type MimePart } from "./mime-parts.ts";
import { decodeQuotedPrintable, hasLongLine } from "./transfer-encoding.ts";

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

/** What a request says about its raw message. */
export interface RawMessageContext {
  /** Becomes the From field of a message without one. */
  readonly sender?: Address | undefined;
  /** How the addresses in the header are parsed. */
  readonly addressRules?: AddressRules | undefined;
}

/**
 * Parses a raw message.
 * @param data is kept, not copied.
 * @throws MailError if SES would reject the message.
 */
export function readRawMessage(data: Uint8Array, { sender, addressRules }: RawMessageContext = {}): RawMessage {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const { fields, bodyStart } = readHeaderBlock(bytes);
  const from = fieldValue(fields, "from") ?? sender?.address;
  if (from === undefined || from === "") throw new MailError("Missing required header 'From'.");
  const added = fieldValue(fields, "from") === undefined && sender ? addressField("From", [sender]) : "";
  const duplicated = duplicatedHeader(fields.map((field) => field.name));
  if (duplicated !== undefined) throw new MailError(`Duplicate header '${duplicated}'.`);
  const given = readParts(bytes, fields, bodyStart);
  for (const leaf of given.leaves) checkFileName(leaf);
  const sent = withShortLines(given);
  const kept = keptFields(sent);
  const header = withCrlfBytes(added === "" ? kept : Buffer.concat([Buffer.from(added), kept]));
  const body = withCrlfBytes(sent.bytes.subarray(sent.bodyStart));
  const subject = fieldValue(fields, "subject");
  return {
    from,
    to: addresses(fields, "to", addressRules),
    cc: addresses(fields, "cc", addressRules),
    bcc: addresses(fields, "bcc", addressRules),
    replyTo: addresses(fields, "reply-to", addressRules),
    returnPath: returnPath(fields, addressRules),
    subject: subject === undefined || subject === "" ? undefined : decodeWords(subject),
    sesFields: new Map(fields.filter((one) => isSesHeader(one.name)).map((one) => [one.name.toLowerCase(), one.value])),
    hasHtml: given.leaves.some((leaf) => leaf.type === "text/html"),
    hasTestVirus: hasTestVirus([bytes]) || hasTestVirus(decodedStarts(bytes, given.leaves)),
    size: header.length + 2 + body.length,
    write(stamp, unsubscribeUrl) {
      const own = stampFields(stamp);
      // A signed message must not change: SES documents that it can't add links to it.
      if (unsubscribeUrl === undefined || fieldValue(fields, "dkim-signature") !== undefined) {
        return Buffer.concat([Buffer.from(own), header, Buffer.from("\r\n"), body]);
      }
      const others = keptFields(sent, ({ name }) => !isUnsubscribeField(name));
      const signed = /^multipart\/signed\b/i.test(fieldValue(fields, "content-type") ?? "");
      return Buffer.concat([
        Buffer.from(own + unsubscribeFields(unsubscribeUrl) + added),
        withCrlfBytes(others),
        Buffer.from("\r\n"),
        signed ? body : bodyWithUnsubscribeLinks(sent.bytes, sent.bodyStart, sent.leaves, unsubscribeUrl),
      ]);
    },
  };
}

/** A message and where its fields and leaf parts are. */
interface Parts {
  readonly bytes: Buffer;
  readonly fields: readonly HeaderField[];
  readonly bodyStart: number;
  readonly leaves: readonly MimePart[];
}

function readParts(bytes: Buffer, fields: readonly HeaderField[], bodyStart: number): Parts {
  return { bytes, fields, bodyStart, leaves: leafParts(bytes, fields, bodyStart) };
}

/** The message as it can be sent. Fields that are not sent may have lines of any length. */
function withShortLines(given: Parts): Parts {
  if (!hasLongLine(given.bytes)) return given;
  const unchanged = Buffer.concat([keptFields(given), Buffer.from("\r\n"), given.bytes.subarray(given.bodyStart)]);
  const bytes = withoutLongLines(unchanged);
  if (bytes === unchanged) return given;
  const { fields, bodyStart } = readHeaderBlock(bytes);
  return readParts(bytes, fields, bodyStart);
}

/** The fields that are sent, and of which `which` holds. */
function keptFields({ bytes, fields }: Parts, which: (field: HeaderField) => boolean = () => true): Buffer {
  return Buffer.concat(fields.filter((field) => isKept(field) && which(field)).map((field) => keptField(bytes, field)));
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
function addresses(fields: readonly HeaderField[], name: string, rules: AddressRules | undefined): Address[] {
  const named = fields.filter((field) => field.name.toLowerCase() === name);
  return named.flatMap((field) => parseAddressList(field.value, rules));
}

/** `<>` is the return path of a bounce (RFC 5321, 4.5.5). It names no address, so it counts as absent. */
function returnPath(fields: readonly HeaderField[], rules: AddressRules | undefined): Address | undefined {
  return fieldValue(fields, "return-path") === "<>" ? undefined : addresses(fields, "return-path", rules)[0];
}

function checkFileName({ fields }: MimePart): void {
  // Of a repeated field, some mail programs read the last.
  const naming = fields.filter(({ name }) => /^content-(?:disposition|type)$/i.test(name));
  const names = naming.flatMap(({ value }) => possibleFileNames(fieldBytes(value)));
  if (names.some(hasRefusedExtension)) throw new RejectedContentError();
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
