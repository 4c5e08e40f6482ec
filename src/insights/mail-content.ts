/** Reads the contents of a stored mail from its MIME source. */
import type { MessageContent } from "../admin-api/message.ts";
import { hasRemoteContent, type InlinePicture, withoutLinksAndFrames, withPictures } from "../mail/html-preview.ts";
import { htmlText } from "../mail/html-text.ts";
import { fieldText } from "../mail/lenient-text.ts";
import { type MailBodies, readMailBodies } from "../mail/mail-bodies.ts";

/** The maximum length of a returned text in characters. */
const longestText = 1_000_000;

/** The source can't be parsed: for example, parts are nested too deeply or headers are too large. */
export class UnreadableMail extends Error {
  override name = "UnreadableMail";
}

/** Returns everything but the HTML itself. Throws an `UnreadableMail`. */
export async function mailContent(mime: Uint8Array): Promise<MessageContent> {
  const { fields, text: own, html, files } = read(mime);
  const textFromHtml = own === undefined && html !== undefined;
  const text = textFromHtml ? htmlText(html) : (own ?? "");
  return {
    text: text.slice(0, longestText).toWellFormed(),
    textFromHtml,
    textCut: text.length > longestText,
    html: html !== undefined,
    remoteContent: html !== undefined && hasRemoteContent(html),
    attachments: files.map(({ name, type, inline, content }) => ({ name, type, size: content().byteLength, inline })),
    headers: fields.map(({ writtenName, value }) => ({ name: writtenName, value: fieldText(value) })),
  };
}

/** The HTML to display, with the mail's images embedded; undefined if there is none. Throws an `UnreadableMail`. */
export async function mailHtml(mime: Uint8Array, remote: boolean): Promise<string | undefined> {
  const { html, files } = read(mime);
  if (html === undefined) return undefined;
  const pictures = files.flatMap(({ contentId, type, content }): InlinePicture[] =>
    contentId === undefined ? [] : [{ contentId, mediaType: type, content: content() }],
  );
  return withPictures(remote ? html : withoutLinksAndFrames(html), pictures);
}

function read(mime: Uint8Array): MailBodies {
  const { exceeded, ...bodies } = readMailBodies(mime);
  if (exceeded !== undefined) throw new UnreadableMail(exceeded);
  return bodies;
}
