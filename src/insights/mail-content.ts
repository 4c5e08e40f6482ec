/** Reads the contents of a stored mail from its MIME source. */
import type { MessageContent } from "../admin-api/message.ts";
import { hasRemoteContent, type InlinePicture, withoutLinksAndFrames, withPictures } from "../mail/html-preview.ts";
import { htmlText, textHtml } from "../mail/html-text.ts";
import { field, type LenientPart, type MailBounds, readLenientMail } from "../mail/lenient-mime.ts";
import { fieldText, fileName, transferDecoded } from "../mail/lenient-text.ts";
import type { Multipart } from "../mail/multipart.ts";
import { parameter } from "../mail/parameters.ts";

/** The source can't be parsed: for example, parts are nested too deeply or headers are too large. */
export class UnreadableMail extends Error {
  override name = "UnreadableMail";
}

/** The maximum length of a returned text in characters. */
const longestText = 1_000_000;

const bounds: MailBounds = {
  bytes: Number.POSITIVE_INFINITY,
  headerBytes: 2 << 20,
  fields: 1000,
  value: 256 << 10,
  parts: 1000,
  depth: 50,
  text: 8 << 20,
};

const beyond = {
  header: "the headers are too long",
  parts: `there are more than ${bounds.parts} parts`,
  depth: `parts are nested more than ${bounds.depth} deep`,
};

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
    attachments: files.map((part) => ({
      name: fileName(field(part.fields, "content-disposition"), field(part.fields, "content-type")) ?? "",
      type: part.type,
      size: contentOf(part).byteLength,
      inline: contentId(part) !== undefined && isIn(part, "multipart/related") !== undefined,
    })),
    headers: fields.map(({ writtenName, value }) => ({ name: writtenName, value: fieldText(value) })),
  };
}

/** The HTML to display, with the mail's images embedded; undefined if there is none. Throws an `UnreadableMail`. */
export async function mailHtml(mime: Uint8Array, remote: boolean): Promise<string | undefined> {
  const { html, files } = read(mime);
  if (html === undefined) return undefined;
  const pictures = files.flatMap((part): InlinePicture[] => {
    const id = contentId(part);
    return id === undefined ? [] : [{ contentId: id, mediaType: part.type, content: contentOf(part) }];
  });
  return withPictures(remote ? html : withoutLinksAndFrames(html), pictures);
}

function read(mime: Uint8Array) {
  const { fields, parts, exceeded } = readLenientMail(mime, bounds);
  if (exceeded !== undefined) throw new UnreadableMail(beyond[exceeded]);
  const files = parts.filter((part) => !isBody(part));
  return { fields, files, ...bodies(parts.filter(isBody)) };
}

function isBody({ type, fields }: LenientPart): boolean {
  const isText = type === "text/plain" || type === "text/html";
  return isText && !/^\s*attachment\b/i.test(field(fields, "content-disposition") ?? "");
}

/** The bodies one after the other, each alternative (RFC 2046, 5.1.4) once, in the form that is wanted if it has it. */
function bodies(parts: readonly LenientPart[]): { text: string | undefined; html: string | undefined } {
  const sections = new Map<Multipart | LenientPart, { text: string; html: string }>();
  for (const part of parts) {
    const of = isIn(part, "multipart/alternative") ?? part;
    const section = sections.get(of) ?? { text: "", html: "" };
    const form = part.type === "text/html" ? "html" : "text";
    const text = form === "text" ? unflowed(part) : part.text();
    section[form] = section[form] === "" ? text : `${section[form]}\n${text}`;
    sections.set(of, section);
  }
  const all = [...sections.values()];
  const texts = () => all.map(({ text, html }) => text || htmlText(html)).join("\n");
  const htmls = () => all.map(({ text, html }) => html || textHtml(text)).join("\n");
  return {
    text: all.some(({ text }) => text.trim() !== "") ? texts() : undefined,
    html: all.some(({ html }) => html !== "") ? htmls() : undefined,
  };
}

/** The multipart of this type that is closest around a part. */
function isIn({ parent }: LenientPart, type: string): Multipart | undefined {
  let around = parent;
  while (around !== undefined && around.type !== type) around = around.parent;
  return around;
}

/** Lines that were broken to be sent are whole again (RFC 3676, 4): not after `-- `, which is a line of its own. */
function unflowed(part: LenientPart): string {
  const type = field(part.fields, "content-type") ?? "";
  if (parameter(type, "format")?.toLowerCase() !== "flowed") return part.text();
  const joint = parameter(type, "delsp")?.toLowerCase() === "yes" ? "" : " ";
  return part
    .text()
    .replaceAll(/^ /gm, "")
    .replaceAll(/(?<!^--) \n/gm, joint);
}

function contentId({ fields }: LenientPart): string | undefined {
  return field(fields, "content-id")?.replace(/^<|>$/g, "") || undefined;
}

function contentOf(part: LenientPart): Buffer {
  const raw = part.body().toString("latin1");
  return Buffer.from(transferDecoded(raw, field(part.fields, "content-transfer-encoding")), "latin1");
}
