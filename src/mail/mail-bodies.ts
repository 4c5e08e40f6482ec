/** Reads a stored mail leniently for people: its header, the bodies that a mail program would show, and its files. */
import { htmlText, textHtml } from "./html-text.ts";
import { type Fields, field, type LenientPart, type MailBounds, readLenientMail } from "./lenient-mime.ts";
import { fileName, transferDecoded } from "./lenient-text.ts";
import type { Multipart } from "./multipart.ts";
import { parameter } from "./parameters.ts";

/** A part that is no body, such as an attachment or a picture. */
export interface MailFile {
  /** Empty if it has none. */
  readonly name: string;
  /** The media type in lower case. */
  readonly type: string;
  /** Without angle brackets. */
  readonly contentId: string | undefined;
  /** Whether the HTML can show it by its content ID. */
  readonly inline: boolean;
  /** Decodes the content. */
  content(): Buffer;
}

export interface MailBodies {
  readonly fields: Fields;
  /** Undefined if the mail has no plain text, or only white space. */
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly files: readonly MailFile[];
}

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

/** Reads the mail. Never throws: if it exceeds a limit, `exceeded` says which, and the rest is what could be read. */
export function readMailBodies(mime: Uint8Array): MailBodies & { readonly exceeded: string | undefined } {
  const { fields, parts, exceeded } = readLenientMail(mime, bounds);
  const files = parts.filter((part) => !isBody(part)).map(fileOf);
  return { fields, files, ...bodies(parts.filter(isBody)), exceeded: exceeded && beyond[exceeded] };
}

/** Reads the header alone. Never throws. */
export function readMailHeader(mime: Buffer): Fields {
  const end = mime.indexOf("\r\n\r\n");
  return readLenientMail(end < 0 ? mime : mime.subarray(0, end + 4), bounds).fields;
}

function fileOf(part: LenientPart): MailFile {
  const { fields, type } = part;
  const contentId = field(fields, "content-id")?.replace(/^<|>$/g, "") || undefined;
  return {
    name: fileName(field(fields, "content-disposition"), field(fields, "content-type")) ?? "",
    type,
    contentId,
    inline: contentId !== undefined && isIn(part, "multipart/related") !== undefined,
    content() {
      const raw = part.body().toString("latin1");
      return Buffer.from(transferDecoded(raw, field(fields, "content-transfer-encoding")), "latin1");
    },
  };
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
