/**
 * Composes a message from its parts (SendEmail's Simple content).
 * All parts are checked and encoded first. The message is written once its ID and date are known.
 * Structure: mixed( alternative( text, related( html, inline files ) ), files ), with only the levels that are needed.
 */
import { randomUUID } from "node:crypto";
import type { Address } from "./address.ts";
import { type Attachment, attachmentEntity } from "./attachment.ts";
import {
  type DeclaredText,
  type Entity,
  multipartEntity,
  type Segment,
  segmentsLength,
  textEntity,
  writeSegments,
} from "./entity.ts";
import { duplicatedHeader, isReservedHeader, isSesHeader } from "./header-names.ts";
import { addressField, literalField, textField } from "./header-value.ts";
import { isUnsubscribeField, unsubscribeFields, withUnsubscribeLinks } from "./list-unsubscribe.ts";
import { MailError } from "./mail-error.ts";
import { maxMimeParts, type Stamp, stampFields } from "./message-stamp.ts";

/** A message to compose. Bcc recipients are not part of it. */
export interface MessageContent {
  readonly from: Address;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly subject: DeclaredText;
  /** At least one of text and html is required. */
  readonly text?: DeclaredText | undefined;
  readonly html?: DeclaredText | undefined;
  /** The sender's custom headers; `X-SES-` headers are not sent. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly Attachment[];
  /** The recipient's unsubscribe link; undefined if the message doesn't belong to a contact list. */
  readonly unsubscribeUrl?: string | undefined;
}

export interface WritableMessage {
  /** In bytes, without Message-ID and Date. */
  readonly size: number;
  /**
   * Writes the message. Each call copies the content once.
   * @param unsubscribeUrl the recipient's unsubscribe link, for the header and for placeholders in the text.
   */
  write(stamp: Stamp, unsubscribeUrl?: string): Buffer;
}

/**
 * Composes a message.
 * @throws MailError if a header or attachment is not allowed, or there are more than 500 parts.
 */
export function composeMessage(content: MessageContent): WritableMessage {
  let fields = addressField("From", [content.from]);
  if (content.to.length > 0) fields += addressField("To", content.to);
  if (content.cc.length > 0) fields += addressField("Cc", content.cc);
  if (content.replyTo.length > 0) fields += addressField("Reply-To", content.replyTo);
  fields += textField("Subject", content.subject.data, content.subject.charset);
  fields += customFields(content.headers, content.unsubscribeUrl);
  const { entity, parts } = rootEntity(content);
  if (parts > maxMimeParts) throw new MailError(`The message has more than ${maxMimeParts} MIME parts.`);
  const segments: Segment[] = [`${fields}MIME-Version: 1.0\r\n${entity.fields}\r\n`, ...entity.body];
  return {
    size: segmentsLength(segments),
    write: (stamp, unsubscribeUrl) =>
      unsubscribeUrl === undefined
        ? writeSegments([stampFields(stamp), ...segments])
        : composeMessage(withLinks(content, unsubscribeUrl)).write(stamp),
  };
}

/** Returns the content with the unsubscribe placeholders of its texts replaced. */
function withLinks(content: MessageContent, unsubscribeUrl: string): MessageContent {
  const filled = (text: DeclaredText | undefined) =>
    text && { ...text, data: withUnsubscribeLinks(text.data, unsubscribeUrl) };
  return { ...content, text: filled(content.text), html: filled(content.html), unsubscribeUrl };
}

/** The sender's custom headers; SES's unsubscribe headers replace the sender's. */
function customFields(given: MessageContent["headers"], unsubscribeUrl: string | undefined): string {
  let fields = unsubscribeUrl === undefined ? "" : unsubscribeFields(unsubscribeUrl);
  const headers = unsubscribeUrl === undefined ? given : given.filter(({ name }) => !isUnsubscribeField(name));
  for (const { name, value } of headers) {
    if (isReservedHeader(name)) throw new MailError(`Header '${name}' cannot be set as a custom header.`);
    if (!isSesHeader(name)) fields += literalField(name, value);
  }
  const duplicated = duplicatedHeader(headers.map((header) => header.name));
  if (duplicated !== undefined) throw new MailError(`Duplicate header '${duplicated}'.`);
  return fields;
}

function rootEntity({ text, html, attachments }: MessageContent): { entity: Entity; parts: number } {
  let parts = 0;
  // The UUID makes boundaries that can't occur in the text; the number before it is unique within the message.
  const id = randomUUID();
  const combine = (subtype: "mixed" | "alternative" | "related", children: readonly Entity[], parameters?: string) => {
    const [only] = children;
    if (children.length === 1 && only !== undefined) return only;
    return multipartEntity(subtype, `=_${++parts}_${id}`, children, parameters);
  };
  const related: Entity[] = [];
  const mixed: Entity[] = [];
  for (const attachment of attachments) {
    parts++;
    const inline = html !== undefined && attachment.disposition === "inline" && attachment.contentId !== undefined;
    (inline ? related : mixed).push(attachmentEntity(attachment));
  }
  const bodies: Entity[] = [];
  if (text !== undefined) bodies.push(textEntity("plain", text));
  // The type parameter is the media type of the related part's root (RFC 2387, 3.1).
  if (html !== undefined) bodies.push(combine("related", [textEntity("html", html), ...related], '; type="text/html"'));
  if (bodies.length === 0) throw new MailError("A message needs a text or an HTML body.");
  parts += bodies.length;
  return { entity: combine("mixed", [combine("alternative", bodies), ...mixed]), parts };
}
