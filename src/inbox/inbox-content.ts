/** What a message says: its mail, read once for all who ask. */

import { htmlText } from "../mail/html-text.ts";
import { type Field, field } from "../mail/lenient-mime.ts";
import { fieldText } from "../mail/lenient-text.ts";
import { readMailBodies } from "../mail/mail-bodies.ts";
import { findCodes } from "./codes.ts";
import { type Mailbox, mailboxesOf } from "./header-addresses.ts";
import { type InboxMessage, MailGone } from "./inbox-message.ts";
import { findLinks, type MailLink } from "./links.ts";

export interface InboxAttachment {
  /** Empty if it has none. */
  readonly name: string;
  /** The media type in lower case. */
  readonly type: string;
  /** Of the content, in bytes. */
  readonly size: number;
  /** Without angle brackets. */
  readonly contentId?: string;
  /** Whether the HTML can show it by its content ID. */
  readonly inline: boolean;
  readonly content: Buffer;
}

export interface InboxContent {
  readonly from: readonly Mailbox[];
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  /** Only raw mail can have the field. */
  readonly bcc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly subject: string;
  /** The field Message-ID, with its angle brackets. */
  readonly messageId: string;
  /** The field Date. */
  readonly date?: Date;
  /** The plain text; of a mail without one, the text of its HTML. */
  readonly text: string;
  /** The plain text part; undefined if the mail has none. */
  readonly ownText: string | undefined;
  readonly html: string | undefined;
  /** In their order, decoded. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly attachments: readonly InboxAttachment[];
  readonly links: readonly MailLink[];
  /** One-time codes, the most likely one first. */
  readonly codes: readonly string[];
}

const contents = new WeakMap<InboxMessage, Promise<InboxContent>>();

/**
 * The content of a message, kept as long as the object of the message. Rejects with `MailGone`.
 * @param mime its mail, for who has read it already
 */
export function contentOf(message: InboxMessage, mime?: Buffer): Promise<InboxContent> {
  const known = contents.get(message);
  if (known) return known;
  const read = mime ? Promise.resolve(readContent(mime)) : message.raw().then(readContent);
  contents.set(message, read);
  return read;
}

/** The same; undefined if the mail has been deleted. */
export async function contentIfKept(message: InboxMessage): Promise<InboxContent | undefined> {
  return ifKept(contentOf(message));
}

/** What a reader of a message's mail resolves to; undefined if the mail has been deleted. */
export async function ifKept<Result>(read: Promise<Result>): Promise<Result | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof MailGone) return undefined;
    throw error;
  }
}

/** Reads a mail. Never throws: of malformed mail, what can be read. */
export function readContent(mime: Uint8Array): InboxContent {
  const { fields, text: plain, html, files } = readMailBodies(mime);
  const text = (plain ?? (html === undefined ? "" : htmlText(html))).toWellFormed();
  const subject = fieldText(field(fields, "subject") ?? "");
  const date = new Date(field(fields, "date") ?? "");
  const mailboxes = (name: string) => mailboxesOf(fields, name);
  return {
    from: mailboxes("from"),
    to: mailboxes("to"),
    cc: mailboxes("cc"),
    bcc: mailboxes("bcc"),
    replyTo: mailboxes("reply-to"),
    subject,
    messageId: field(fields, "message-id") ?? "",
    ...(!Number.isNaN(date.getTime()) && { date }),
    text,
    ownText: plain?.toWellFormed(),
    html: html?.toWellFormed(),
    headers: fields.map(({ writtenName, value }: Field) => ({ name: writtenName, value: fieldText(value) })),
    attachments: files.map(({ name, type, contentId, inline, content }) => {
      const bytes = content();
      return { name, type, size: bytes.length, ...(contentId !== undefined && { contentId }), inline, content: bytes };
    }),
    links: findLinks({ html, text: plain }),
    codes: findCodes(subject, text),
  };
}
