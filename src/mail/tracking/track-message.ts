/**
 * Adds open and click tracking to a message: replaces link targets with URLs of this server and inserts a pixel.
 * - HTML parts that are the message's text are changed, in any charset and transfer encoding. Everything else stays
 *   unchanged, byte for byte: text parts, attachments, forwarded messages, and signed or encrypted content (S/MIME,
 *   PGP, DKIM).
 * - The first 250 HTTP and HTTPS links of a message are tracked.
 * - A message gets one pixel: at the first placeholder, or else at the end of its last HTML part, which mail readers
 *   show if there are several alternatives (RFC 2046, 5.1.4).
 * - Instructions for SES (`ses:no-track`, `ses:tags`, placeholders) are removed.
 * A message that can't be parsed stays unchanged.
 */
import { type HeaderField, readHeaderBlock } from "../header-block.ts";
import { MailError } from "../mail-error.ts";
import { encodingField, fieldValue, leafParts, type MimePart } from "../mime-parts.ts";
import { type HtmlBody, readHtmlBody } from "./html-body.ts";
import type { LinkTags } from "./link-tags.ts";
import { type HtmlScan, type Span, scanHtml } from "./scan-html.ts";

/** The tracking URLs of one message to one recipient. URLs must be ASCII without quotes and white space. */
export interface MessageLinks {
  /** Whether to track a link; `url` is an HTTP or HTTPS URL. */
  tracks(url: string): boolean;
  /** The URL that counts a click and redirects to `url`; undefined if it would be too long. */
  clickUrl(url: string, tags: LinkTags | undefined): string | undefined;
  /** The URL of the pixel. */
  openUrl(): string;
}

export interface TrackingOptions {
  readonly opens: boolean;
  readonly clicks: boolean;
  readonly links: MessageLinks;
}

/** SES's limit on tracked links per message. */
export const maxTrackedLinks = 250;

/** In encoded bytes. A longer HTML part is presumably a file, not a letter, and stays unchanged. */
const maxHtmlBytes = 4 << 20;

/**
 * Returns the message as delivered to the recipient.
 * @param message with CRLF line breaks.
 * @returns the same buffer if nothing changes.
 */
export function trackMessage(message: Buffer, options: TrackingOptions): Buffer {
  const parts = htmlParts(message, options.opens || options.clicks);
  const pixelPart = options.opens ? (parts.find(({ scan }) => scan.pixelPlace) ?? parts.at(-1)) : undefined;
  const pieces: Uint8Array[] = [];
  let at = 0;
  const replace = ({ start, end }: Span, bytes: Uint8Array) => {
    pieces.push(message.subarray(at, start), bytes);
    at = end;
  };
  let tracked = 0;
  for (const part of parts) {
    const edits: Edit[] = [];
    for (const { start, end, url, tags } of options.clicks ? part.scan.links : []) {
      if (tracked === maxTrackedLinks) break;
      const click = options.links.tracks(url) ? options.links.clickUrl(url, tags) : undefined;
      if (click === undefined) continue;
      edits.push({ start, end, text: `"${click}"` });
      tracked++;
    }
    for (const mark of part.scan.marks) edits.push(removal(part.body.text, mark));
    if (part === pixelPart) edits.push({ ...pixelSpan(part.scan), text: pixel(options.links.openUrl()) });
    for (const placeholder of part.scan.placeholders) edits.push(removal(part.body.text, placeholder));
    if (edits.length === 0) continue;
    const { bytes, encoding } = part.body.encode(applyEdits(part.body.text, edits));
    if (encoding) {
      const field = encodingField(message, part.leaf, encoding);
      replace(field, field.bytes);
    }
    replace(part.leaf, bytes);
  }
  if (pieces.length === 0) return message;
  pieces.push(message.subarray(at));
  return Buffer.concat(pieces);
}

/** What can be tracked in a message: opens if a pixel can be inserted, clicks if `tracks` accepts a link. */
export function findTrackable(
  message: Buffer,
  tracks: MessageLinks["tracks"],
): { readonly opens: boolean; readonly clicks: boolean } {
  const parts = htmlParts(message, true);
  return { opens: parts.length > 0, clicks: parts.some(({ scan }) => scan.links.some(({ url }) => tracks(url))) };
}

interface HtmlPart {
  readonly leaf: MimePart;
  readonly body: HtmlBody;
  readonly scan: HtmlScan;
}

/** @param all whether to include parts without instructions for SES. */
function htmlParts(message: Buffer, all: boolean): HtmlPart[] {
  return messageParts(message).flatMap((leaf) => {
    if (!isHtmlText(message, leaf)) return [];
    const body = readHtmlBody(message, leaf);
    if (body === undefined || body.text.includes("-----BEGIN PGP ")) return [];
    if (!all && !/ses:/i.test(body.text)) return [];
    return [{ leaf, body, scan: scanHtml(body.text, body.decode, body.markup) }];
  });
}

/** The parts of a message that may be changed. */
function messageParts(message: Buffer): MimePart[] {
  try {
    const { fields, bodyStart } = readHeaderBlock(message);
    if (fieldValue(fields, "dkim-signature") !== undefined) return [];
    return leafParts(message, fields, bodyStart);
  } catch (error) {
    if (error instanceof MailError) return [];
    throw error;
  }
}

function isHtmlText(message: Buffer, { type, sealed, fields, start, end }: MimePart): boolean {
  if (type !== "text/html" || sealed || end === start || end - start > maxHtmlBytes) return false;
  if (/^\s*attachment\b|;\s*filename\b/i.test(fieldValue(fields, "content-disposition") ?? "")) return false;
  return isClear(message, fields, start);
}

/**
 * Whether all mail readers agree that the part is HTML and where its header ends: only parameters follow the type, the
 * header ends with an empty line, and no Content-* field is repeated.
 */
function isClear(message: Buffer, fields: readonly HeaderField[], start: number): boolean {
  const header = message.toString("latin1", Math.max(0, start - 4), start);
  const names = fields.map(({ name }) => name.toLowerCase()).filter((name) => name.startsWith("content-"));
  if (!/^text\/html\s*(?:;|$)/i.test(fieldValue(fields, "content-type") ?? "")) return false;
  return header.endsWith("\n\r\n") && new Set(names).size === names.length;
}

interface Edit extends Span {
  readonly text: string;
}

/** Applies edits. Of overlapping edits, the one that starts first is applied; of two with one start, the first. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) continue;
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  pieces.push(text.slice(at));
  return pieces.join("");
}

/** Removes a span. Inserts a space if the text after it could otherwise look like a boundary at the start of a line. */
function removal(text: string, { start, end }: Span): Edit {
  return { start, end, text: text.startsWith("--", end) ? " " : "" };
}

function pixelSpan({ pixelPlace, bodyEnd }: HtmlScan): Span {
  return pixelPlace ?? { start: bodyEnd, end: bodyEnd };
}

function pixel(url: string): string {
  return `<img src="${url}" alt="" width="1" height="1" style="border:0">`;
}
