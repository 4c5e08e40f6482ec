/** Messages in the JSON of Mailpit's API. */
import { createHash } from "node:crypto";
import { htmlText } from "../../../mail/html-text.ts";
import { readTextHeader } from "../../../mail/lenient-mime.ts";
import { blindCopies, type ReadMail } from "../read-mail.ts";
import { type ListUnsubscribe, listUnsubscribe } from "./list-unsubscribe.ts";
import { cleaned, type SearchedAddress, type SearchedMail } from "./search-query.ts";
import { tagsOfMail } from "./tag-names.ts";

export interface MailpitAddress {
  Name: string;
  Address: string;
}

/** A message in lists and events. */
export interface MessageSummary {
  ID: string;
  /** Of the header, without angle brackets. */
  MessageID: string;
  Read: boolean;
  From: MailpitAddress | null;
  To: MailpitAddress[];
  Cc: MailpitAddress[];
  Bcc: MailpitAddress[];
  ReplyTo: MailpitAddress[];
  Subject: string;
  Created: string;
  Username: string;
  Tags: readonly string[];
  /** In bytes. */
  Size: number;
  Attachments: number;
  /** The start of the text. */
  Snippet: string;
}

export interface MailpitMessage {
  ID: string;
  MessageID: string;
  From: MailpitAddress | null;
  To: MailpitAddress[];
  Cc: MailpitAddress[];
  Bcc: MailpitAddress[];
  ReplyTo: MailpitAddress[];
  ReturnPath: string;
  Subject: string;
  ListUnsubscribe: ListUnsubscribe;
  Date: string;
  Tags: readonly string[];
  Username: string;
  Text: string;
  HTML: string;
  Size: number;
  Inline: MailpitAttachment[];
  Attachments: MailpitAttachment[];
}

export interface MailpitAttachment {
  PartID: string;
  FileName: string;
  ContentType: string;
  ContentID: string;
  Size: number;
  Checksums: { MD5: string; SHA1: string; SHA256: string };
}

/** What people have marked a message with. */
export interface Marks {
  readonly read: boolean;
  /** Undefined: those that the mail itself names. */
  readonly tags: readonly string[] | undefined;
}

/** What lists and searches need of a message; the same for ever. */
export interface MailEntry extends Omit<SearchedMail, "tags" | "read"> {
  readonly id: string;
  readonly scope: number;
  readonly username: string;
  readonly snippet: string;
  /** Those that the mail itself names. */
  readonly ownTags: readonly string[];
}

const longestSnippet = 250;

export function mailEntry({ message, content }: Pick<ReadMail, "message" | "content">): MailEntry {
  const { from, to, cc, replyTo, subject } = content;
  const bcc = blindCopies({ message, content });
  const text = content.html === undefined ? content.text : htmlText(content.html);
  const line = text.replaceAll(/[\s\ufeff]+/g, " ").trim();
  const names = content.attachments.map(({ name }) => name);
  const addresses = [...from, ...to, ...cc, ...bcc, ...replyTo].map(({ name, address }) => `${name} ${address}`);
  const inline = content.attachments.filter((file) => file.inline).length;
  return {
    id: message.id,
    scope: message.scope,
    ...{ from, to, cc, bcc, replyTo, subject },
    messageId: bareId(content.messageId),
    searchText: cleaned([...addresses, subject, message.sender, text, ...names].join(" ")),
    inline,
    attachments: content.attachments.length - inline,
    at: message.at,
    size: message.size,
    username: usernameOf(message.tags),
    snippet: line.length > longestSnippet ? `${line.slice(0, longestSnippet - 3).toWellFormed()}...` : line,
    ownTags: tagsOfMail(headerOf(content.headers, "x-tags"), [...to, ...cc, ...bcc, ...from]),
  };
}

/** The entry as searches see it. */
export function searched(entry: MailEntry, marks: Marks | undefined): SearchedMail {
  return { ...entry, read: marks?.read ?? false, tags: marks?.tags ?? entry.ownTags };
}

export function messageSummary(entry: MailEntry, marks: Marks | undefined): MessageSummary {
  const { tags, read } = searched(entry, marks);
  return {
    ID: entry.id,
    MessageID: entry.messageId,
    Read: read,
    From: entry.from.map(addressJson)[0] ?? null,
    To: entry.to.map(addressJson),
    Cc: entry.cc.map(addressJson),
    Bcc: entry.bcc.map(addressJson),
    ReplyTo: entry.replyTo.map(addressJson),
    Subject: entry.subject,
    Created: entry.at.toISOString(),
    Username: entry.username,
    Tags: tags,
    Size: entry.size,
    Attachments: entry.attachments,
    Snippet: entry.snippet,
  };
}

export function mailpitMessage(mail: ReadMail, tags: readonly string[]): MailpitMessage {
  const { message, content } = mail;
  const files = content.attachments.map((file, index) => ({ inline: file.inline, json: attachmentJson(file, index) }));
  return {
    ID: message.id,
    MessageID: bareId(content.messageId),
    From: content.from.map(addressJson)[0] ?? null,
    To: content.to.map(addressJson),
    Cc: content.cc.map(addressJson),
    Bcc: blindCopies(mail).map(addressJson),
    ReplyTo: content.replyTo.map(addressJson),
    ReturnPath: message.sender,
    Subject: content.subject,
    ListUnsubscribe: listUnsubscribe(
      headerOf(content.headers, "list-unsubscribe"),
      headerOf(content.headers, "list-unsubscribe-post"),
    ),
    Date: (content.date ?? message.at).toISOString(),
    Tags: tags,
    Username: usernameOf(message.tags),
    Text: content.text,
    HTML: content.html ?? "",
    Size: message.size,
    Inline: files.filter(({ inline }) => inline).map(({ json }) => json),
    Attachments: files.filter(({ inline }) => !inline).map(({ json }) => json),
  };
}

function attachmentJson(file: ReadMail["content"]["attachments"][number], index: number): MailpitAttachment {
  const sum = (algorithm: string) => createHash(algorithm).update(file.content).digest("hex");
  return {
    PartID: partId(index),
    FileName: file.name || (file.contentId ?? ""),
    ContentType: file.type,
    ContentID: file.contentId ?? "",
    Size: file.size,
    Checksums: { MD5: sum("md5"), SHA1: sum("sha1"), SHA256: sum("sha256") },
  };
}

/** The part ID of the attachment at an index. Mailpit's are paths in the MIME tree; clients pass them back unread. */
export function partId(index: number): string {
  return String(index + 2);
}

/** The source's header fields: values as they are written, unfolded, by names in Go's canonical form. */
export function headerFields(raw: Buffer): Record<string, string[]> {
  const end = raw.indexOf("\r\n\r\n");
  const fields = readTextHeader(raw.toString("latin1", 0, end < 0 ? raw.length : end));
  const byName = Map.groupBy(fields, ({ name }) => canonicalName(name));
  return Object.fromEntries(
    [...byName]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, all]) => [name, all.map(({ value }) => Buffer.from(value, "latin1").toString("utf8"))]),
  );
}

/** Such as `Message-Id` and `Mime-Version`. */
function canonicalName(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase());
}

function headerOf(headers: readonly { name: string; value: string }[], wanted: string): string {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
}

function bareId(messageId: string | undefined): string {
  return (messageId ?? "").replaceAll(/^<|>$/g, "");
}

/** The access key that sent the message; empty if there was none. */
function usernameOf(tags: ReadMail["message"]["tags"]): string {
  const caller = tags.find(({ name }) => name === "ses:caller-identity")?.value ?? "";
  return caller === "anonymous" ? "" : caller;
}

function addressJson({ name, address }: SearchedAddress): MailpitAddress {
  return { Name: name, Address: address };
}
