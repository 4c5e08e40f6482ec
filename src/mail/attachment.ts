/** Attachments: checks them by SES's rules and makes their MIME parts. */
import type { Entity } from "./entity.ts";
import { parameter, textField } from "./header-value.ts";
import { MailError, RejectedContentError } from "./mail-error.ts";
import { is7Bit, quotedPrintable } from "./transfer-encoding.ts";

export interface Attachment {
  readonly fileName: string;
  readonly content: Uint8Array;
  /** Derived from the file name's extension if absent. */
  readonly contentType?: string | undefined;
  /** `attachment` if absent. */
  readonly disposition?: "attachment" | "inline" | undefined;
  /** With or without angle brackets; HTML refers to inline parts by it (`cid:`). */
  readonly contentId?: string | undefined;
  readonly description?: string | undefined;
  /** `base64` if absent. */
  readonly transferEncoding?: "base64" | "quoted-printable" | "7bit" | undefined;
}

/** "Unsupported attachment types" in the SES developer guide. */
const refusedExtensions = new Set(
  (
    "ade adp app asp bas bat cer chm cmd com cpl crt csh der exe fxp gadget hlp hta inf ins isp its js jse ksh lib lnk " +
    "mad maf mag mam maq mar mas mat mau mav maw mda mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msh1xml msh2xml msi " +
    "msp mst ops pcd pif plg prf prg reg scf scr sct shb shs sys ps1 ps1xml ps2 ps2xml psc1 psc2 tmp url vb vbe vbs " +
    "vps vsmacros vss vst vsw vxd ws wsc wsf wsh xnk"
  ).split(" "),
);

/** Media types of files that are often mailed; others are sent as `application/octet-stream`. */
const typeOfExtension = new Map([
  ["csv", "text/csv"],
  ["doc", "application/msword"],
  ["docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["eml", "message/rfc822"],
  ["gif", "image/gif"],
  ["gz", "application/gzip"],
  ["htm", "text/html"],
  ["html", "text/html"],
  ["ics", "text/calendar"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["json", "application/json"],
  ["mp3", "audio/mpeg"],
  ["mp4", "video/mp4"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["ppt", "application/vnd.ms-powerpoint"],
  ["pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
  ["rtf", "application/rtf"],
  ["svg", "image/svg+xml"],
  ["txt", "text/plain"],
  ["vcf", "text/vcard"],
  ["webp", "image/webp"],
  ["xls", "application/vnd.ms-excel"],
  ["xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["xml", "application/xml"],
  ["zip", "application/zip"],
]);

/** A media type with parameters (RFC 2045, 5.1), in printable ASCII. */
const mediaType = /^([A-Za-z0-9!#$&^_.+-]+)\/([A-Za-z0-9!#$&^_.+-]+) *(?:;[ -~]*)?$/;

/** Whether SES rejects a file with this name because of its extension. */
export function hasRefusedExtension(fileName: string): boolean {
  return refusedExtensions.has(extension(fileName));
}

/**
 * Makes the MIME part of an attachment.
 * @throws MailError if its name, content type or content ID is not allowed, a RejectedContentError for its file type.
 */
export function attachmentEntity(attachment: Attachment): Entity {
  const { fileName, contentId, description } = attachment;
  // SES rejects these characters in file names, except control characters, which are rejected here as well.
  if (/[/\\:*?"<>|\p{Cc}\u2028\u2029]/u.test(fileName)) {
    throw new MailError(`Illegal filename ${JSON.stringify(fileName)}.`);
  }
  if (hasRefusedExtension(fileName)) throw new RejectedContentError();
  const { type, encoding } = typeAndEncoding(attachment);
  const { body, name: encodingName } = encode(attachment.content, encoding);
  let fields = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encodingName}\r\n`;
  fields += `Content-Disposition: ${attachment.disposition ?? "attachment"}${parameter("filename", fileName)}\r\n`;
  if (contentId !== undefined) fields += `Content-ID: <${checkedContentId(contentId)}>\r\n`;
  if (description !== undefined && description !== "") fields += textField("Content-Description", description);
  return { fields, body: [body] };
}

/**
 * Composite types may not be encoded (RFC 2046, 5.2.1), and a multipart's boundaries would be read as the message's.
 * Where such content can't be sent unchanged, it is sent as `application/octet-stream`.
 */
function typeAndEncoding({ contentType, fileName, content, transferEncoding }: Attachment) {
  const type = contentType?.trim() ?? typeOfExtension.get(extension(fileName)) ?? "application/octet-stream";
  const family = mediaType.exec(type)?.[1]?.toLowerCase();
  if (family === undefined) throw new MailError(`Illegal content type ${JSON.stringify(type)}.`);
  const encoding = transferEncoding ?? "base64";
  if (family === "message" && is7Bit(content)) return { type, encoding: "7bit" as const };
  if (family === "message" || family === "multipart") return { type: "application/octet-stream", encoding };
  return { type, encoding };
}

/** Uses Base64 where the declared encoding would corrupt the content. */
function encode(content: Uint8Array, encoding: "base64" | "quoted-printable" | "7bit") {
  if (encoding === "7bit" && is7Bit(content)) return { name: "7bit", body: Buffer.from(content).toString("latin1") };
  if (encoding === "quoted-printable") return { name: "quoted-printable", body: quotedPrintable(content, false) };
  return { name: "base64", body: { base64: content } };
}

function checkedContentId(contentId: string): string {
  const id = /^<(.*)>$/s.exec(contentId)?.[1] ?? contentId;
  if (!/^[!-;=?-~]+$/.test(id)) throw new MailError(`Illegal content id ${JSON.stringify(contentId)}.`);
  return id;
}

function extension(fileName: string): string {
  const dot = fileName.lastIndexOf(".");
  return dot < 0
    ? ""
    : fileName
        .slice(dot + 1)
        .trim()
        .toLowerCase();
}
