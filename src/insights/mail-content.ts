/** Reads the contents of a stored mail from its MIME source. */
import PostalMime, { type Attachment, decodeWords, type Email } from "postal-mime";
import type { MessageContent } from "../admin-api/message.ts";
import { hasRemoteContent, type InlinePicture, withoutLinksAndFrames, withPictures } from "../mail/html-preview.ts";
import { htmlText } from "../mail/html-text.ts";

/** The source can't be parsed: for example, parts are nested too deeply or headers are too large. */
export class UnreadableMail extends Error {
  override name = "UnreadableMail";
}

/** The maximum length of a returned text in characters. */
const longestText = 1_000_000;

/** Returns everything but the HTML itself. Throws an `UnreadableMail`. */
export async function mailContent(mime: Uint8Array): Promise<MessageContent> {
  const mail = await parse(mime);
  const { html, attachments, headers } = mail;
  const own = mail.text?.trim() ? mail.text : undefined;
  const text = own ?? (html === undefined ? "" : htmlText(html));
  return {
    text: text.slice(0, longestText).toWellFormed(),
    textFromHtml: own === undefined && html !== undefined,
    textCut: text.length > longestText,
    html: html !== undefined,
    remoteContent: html !== undefined && hasRemoteContent(html),
    attachments: attachments.map((attachment) => ({
      name: attachment.filename ?? "",
      type: attachment.mimeType,
      size: bytesOf(attachment).byteLength,
      inline: attachment.related ?? false,
    })),
    headers: headers.map(({ originalKey, value }) => ({ name: originalKey, value: decodeWords(value) })),
  };
}

/** The HTML to display, with the mail's images embedded; undefined if there is none. Throws an `UnreadableMail`. */
export async function mailHtml(mime: Uint8Array, remote: boolean): Promise<string | undefined> {
  const { html, attachments } = await parse(mime);
  if (html === undefined) return undefined;
  const pictures = attachments.flatMap((attachment): InlinePicture[] => {
    const contentId = attachment.contentId?.replace(/^<|>$/g, "");
    return contentId ? [{ contentId, mediaType: attachment.mimeType, content: bytesOf(attachment) }] : [];
  });
  return withPictures(remote ? html : withoutLinksAndFrames(html), pictures);
}

async function parse(mime: Uint8Array): Promise<Email> {
  try {
    return await PostalMime.parse(mime, { forceRfc822Attachments: true });
  } catch (error) {
    throw new UnreadableMail(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function bytesOf({ content }: Attachment): Uint8Array {
  if (typeof content === "string") return Buffer.from(content);
  return content instanceof Uint8Array ? content : new Uint8Array(content);
}
