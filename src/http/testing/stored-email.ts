/** Messages as aws-ses-v2-local's `GET /store` shows them. */
import { createHash } from "node:crypto";
import { destinationOf, isRaw, mailboxText, type ReadMail, sourceOf } from "./read-mail.ts";

export interface StoredEmail {
  messageId: string;
  from: string;
  replyTo: readonly string[];
  destination: { to: readonly string[]; cc: readonly string[]; bcc: readonly string[] };
  subject: string;
  body: { html?: string; text?: string };
  attachments: readonly StoredAttachment[];
  headers?: readonly { name: string; value: string }[];
  /** In seconds since 1970. */
  at: number;
}

interface StoredAttachment {
  /** In base64. */
  content: string;
  contentType: string;
  filename?: string;
  size: number;
  contentId?: string;
  contentDisposition?: string;
  /** Of raw content only, as are the following: mailparser's members. */
  type?: "attachment";
  cid?: string;
  /** MD5 in hexadecimal. */
  checksum?: string;
  related?: true;
}

export function storedEmail(mail: ReadMail): StoredEmail {
  const { message, content } = mail;
  const common = { messageId: message.id, at: Math.floor(message.at.getTime() / 1000) };
  return isRaw(message) ? { ...common, ...ofRaw(mail) } : { ...common, ...ofParts(mail), subject: content.subject };
}

type Rest = Omit<StoredEmail, "messageId" | "at">;

/** Texts of headers; all addresses of a header are one text. Recipients of the envelope are not shown. */
function ofRaw({ message, content }: ReadMail): Rest {
  const listed = (mailboxes: ReadMail["content"]["to"]) =>
    mailboxes.length === 0 ? [] : [mailboxes.map(headerText).join(", ")];
  return {
    from: content.from.map(headerText).join(", ") || message.sender,
    replyTo: listed(content.replyTo),
    destination: { to: listed(content.to), cc: listed(content.cc), bcc: listed(content.bcc) },
    subject: content.subject === "" ? "(no subject)" : content.subject,
    body: bodyOf(content.html, content.text),
    attachments: content.attachments.map(({ content: bytes, ...file }) => ({
      type: "attachment",
      content: bytes.toString("base64"),
      contentType: file.type,
      contentDisposition: file.inline ? "inline" : "attachment",
      ...(file.name === "" ? {} : { filename: file.name }),
      ...(file.contentId === undefined ? {} : { contentId: `<${file.contentId}>`, cid: file.contentId }),
      checksum: createHash("md5").update(bytes).digest("hex"),
      size: file.size,
      ...(file.inline ? { related: true } : {}),
    })),
  };
}

/** As mailparser writes them. */
function headerText({ name, address }: { name: string; address: string }): string {
  return name === "" ? address : `${JSON.stringify(name)} <${address}>`;
}

function ofParts(mail: ReadMail): Rest {
  const { message, content } = mail;
  const { ToAddresses: to = [], CcAddresses: cc = [], BccAddresses: bcc = [] } = destinationOf(mail);
  const headers = content.headers.filter(({ name }) => !composed.has(name.toLowerCase()));
  return {
    from: sourceOf(mail),
    replyTo: content.replyTo.map(mailboxText),
    destination: { to, cc, bcc },
    subject: content.subject,
    // Both parts of a template are rendered, if it has them or not.
    body: message.given?.template
      ? { html: content.html ?? "", text: content.ownText ?? "" }
      : bodyOf(content.html, content.ownText),
    attachments: content.attachments.map(({ content: bytes, ...file }) => ({
      content: bytes.toString("base64"),
      contentType: file.type,
      ...(file.inline ? { contentDisposition: "INLINE" } : {}),
      ...(file.contentId === undefined ? {} : { contentId: file.contentId }),
      filename: file.name,
      size: file.size,
    })),
    ...(headers.length === 0 ? {} : { headers }),
  };
}

/** The header fields that are not the client's own, but made from other members. */
const composed: ReadonlySet<string> = new Set([
  "message-id",
  "date",
  "from",
  "to",
  "cc",
  "reply-to",
  "subject",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
]);

function bodyOf(html: string | undefined, text: string | undefined): StoredEmail["body"] {
  return { ...(html === undefined ? {} : { html }), ...(text === undefined ? {} : { text }) };
}
