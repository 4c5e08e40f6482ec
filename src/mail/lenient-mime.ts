/**
 * Parses received mail leniently: header and leaf parts, even if malformed. Returned mail is often truncated, lacks
 * the empty line after the header, or declares a boundary that doesn't occur. So nothing here throws, and everything is
 * bounded. Forwarded messages (message/rfc822) are leaves: their content is not part of this mail.
 */
import { decodeText } from "./lenient-text.ts";
import { type Leaf, leavesOf, type Multipart, type PartHeader } from "./multipart.ts";
import { boundaryOf, parameter } from "./parameters.ts";

/** Limits on how much is read; the rest is ignored. */
export interface MailBounds {
  /** Size of the mail, in bytes. */
  readonly bytes: number;
  /** Size of all headers together, in bytes. */
  readonly headerBytes: number;
  readonly fields: number;
  /** Size of a field's value, in bytes. */
  readonly value: number;
  /** Number of parts, including multiparts. */
  readonly parts: number;
  /** Nesting depth of multiparts. */
  readonly depth: number;
  /** Size of the body that `text()` of a part decodes, in bytes. */
  readonly text: number;
}

export interface Field {
  /** In lower case. */
  readonly name: string;
  readonly writtenName: string;
  /** Unfolded, one character for each byte; encoded words are not decoded. */
  readonly value: string;
}

/** The fields of a header, in order. */
export type Fields = readonly Field[];

export interface LenientPart {
  /** The media type in lower case; `text/plain` if there is none. */
  readonly type: string;
  readonly fields: Fields;
  /** The enclosing multipart, if any. */
  readonly parent: Multipart | undefined;
  /** The decoded body with LF line breaks; decoded on the first call. */
  text(): string;
  /** The body, not decoded. */
  body(): Buffer;
}

export interface LenientMail {
  readonly fields: Fields;
  readonly parts: readonly LenientPart[];
  /** Which limit cut off part of the structure, if any. */
  readonly exceeded: "header" | "parts" | "depth" | undefined;
}

/** The value of the first field with this name (in lower case), or undefined. */
export function field(fields: Fields, name: string): string | undefined {
  return fields.find((known) => known.name === name)?.value;
}

/** Parses a mail within the limits. Never throws. */
export function readLenientMail(mail: Uint8Array, bounds: MailBounds): LenientMail {
  const view = mail.subarray(0, bounds.bytes);
  const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
  let exceeded: LenientMail["exceeded"];
  let parts = 1;
  let headerBytes = bounds.headerBytes;
  const readNext = (start: number, end: number) => {
    const header = readHeader(bytes, start, end, { ...bounds, headerBytes });
    headerBytes -= header.bodyStart - start;
    return header;
  };
  const header = readNext(0, bytes.length);
  if (!header.whole) exceeded = "header";
  const root = { ...header, ...rootType(bytes, header) };
  const leaves = leavesOf<HeaderOfPart>(bytes, root, (start, end, depth) => {
    if (++parts > bounds.parts) {
      exceeded ??= "parts";
      return undefined;
    }
    const part = readNext(start, end);
    if (!part.whole) exceeded ??= "header";
    const media = mediaType(part.fields);
    if (media.boundary === undefined || depth < bounds.depth) return { ...part, ...media };
    exceeded ??= "depth";
    return { ...part, ...media, boundary: undefined };
  });
  const read = leaves.map((leaf) => lenientPart(leaf, bytes.subarray(leaf.start, leaf.end), bounds.text));
  return { fields: header.fields, parts: read, exceeded };
}

interface HeaderOfPart extends PartHeader {
  readonly fields: Fields;
}

/** Limits for a header within a text. */
const textHeader = { fields: 300, value: 16 * 1024 };

/**
 * Reads a header at the start of a text, such as that of a returned message. Folded lines may have lost their indent,
 * so lines that are not fields don't end the header.
 */
export function readTextHeader(text: string): Fields {
  return readFields(text, startOfHeader(text), textHeader, true).fields;
}

interface Header {
  readonly fields: Fields;
  readonly bodyStart: number;
  /** Whether it was read completely. */
  readonly whole: boolean;
}

function readHeader(bytes: Buffer, start: number, end: number, bounds: MailBounds): Header {
  const raw = bytes.toString("latin1", start, Math.min(end, start + bounds.headerBytes));
  const header = readFields(raw, start === 0 ? startOfHeader(raw) : 0, bounds, false);
  const whole = header.whole && (header.bodyStart < raw.length || start + raw.length === end);
  return { fields: header.fields, bodyStart: start + header.bodyStart, whole };
}

/** Offset after empty lines and the `From ` line that mbox files put before each mail (RFC 4155). */
function startOfHeader(raw: string): number {
  let at = 0;
  while (raw[at] === "\n" || raw[at] === "\r") at++;
  if (raw.startsWith("From ", at) || raw.startsWith(">From ", at)) {
    const end = raw.indexOf("\n", at);
    return end < 0 ? raw.length : end + 1;
  }
  return at;
}

const fieldLine = /^([!-9;-~]{1,80})[ \t]*:(.*)$/;

/** Reads fields up to the empty line. A line that can't belong to a header ends it too, unless `skips` is set. */
function readFields(
  raw: string,
  start: number,
  bounds: { readonly fields: number; readonly value: number },
  skips: boolean,
): Header {
  const fields: { name: string; writtenName: string; value: string }[] = [];
  let whole = true;
  let at = start;
  while (at < raw.length) {
    const found = raw.indexOf("\n", at);
    const end = found < 0 ? raw.length : found;
    if (end === at || (end === at + 1 && raw[at] === "\r")) {
      return { fields, bodyStart: Math.min(end + 1, raw.length), whole };
    }
    const line = raw.slice(at, Math.min(end, at + bounds.value));
    if (end - at > bounds.value) whole = false;
    const last = fields.at(-1);
    // Parameters that were folded without an indent belong to the previous field.
    if (/^[ \t]/.test(line) || /^(?:boundary|charset|name|report-type|type)(?:\*\d{0,3}\*?)?=/i.test(line)) {
      if (last !== undefined && last.value.length < bounds.value) last.value = `${last.value} ${line.trim()}`;
      else whole = false;
    } else {
      const match = fieldLine.exec(line.trimEnd());
      if (match === null && !skips) return { fields, bodyStart: at, whole };
      const writtenName = match?.[1] ?? "";
      if (match !== null && fields.length < bounds.fields) {
        fields.push({ name: writtenName.toLowerCase(), writtenName, value: (match[2] ?? "").trim() });
      } else if (match !== null) {
        whole = false;
      }
    }
    at = end + 1;
  }
  return { fields, bodyStart: Math.min(at, raw.length), whole };
}

/** The type of the mail. A multipart whose boundary never occurs is one text leaf, unless its body uses another one. */
function rootType(bytes: Buffer, { fields, bodyStart }: Header): { type: string; boundary: string | undefined } {
  const { type, boundary } = mediaType(fields);
  if (boundary !== undefined && hasDelimiter(bytes, boundary, bodyStart)) return { type, boundary };
  const found = boundaryInBody(bytes, bodyStart, boundary !== undefined);
  return { type: found === undefined && type.startsWith("multipart/") ? "text/plain" : type, boundary: found };
}

function hasDelimiter(bytes: Buffer, boundary: string, bodyStart: number): boolean {
  const opening = bytes.toString("latin1", bodyStart, bodyStart + boundary.length + 2);
  return opening === `--${boundary}` || bytes.includes(`\n--${boundary}`, bodyStart, "latin1");
}

/**
 * Finds the boundary of a body whose header declares none or a wrong one: the first line that starts with two dashes
 * and precedes a part's header. If none is declared, the boundary could be that of a returned message, so the body
 * must contain a report.
 */
function boundaryInBody(bytes: Buffer, bodyStart: number, declared: boolean): string | undefined {
  const body = bytes.toString("latin1", Math.max(0, bodyStart - 1), bodyStart + 64 * 1024);
  if (!declared && !/\ncontent-type:[ \t]{0,4}message\/(?:delivery-status|feedback-report)/i.test(body))
    return undefined;
  return /\n--([^\n]{5,100})\ncontent-(?:type|description|disposition|transfer-encoding):/i.exec(body)?.[1]?.trimEnd();
}

function lenientPart({ header, parent }: Leaf<HeaderOfPart>, body: Buffer, longest: number): LenientPart {
  const { type, fields } = header;
  let text: string | undefined;
  return {
    type,
    fields,
    parent,
    body: () => body,
    text() {
      text ??= decodeText(
        body.toString("latin1", 0, longest),
        field(fields, "content-transfer-encoding"),
        parameter(field(fields, "content-type") ?? "", "charset"),
      );
      return text;
    },
  };
}

function mediaType(fields: Fields): { type: string; boundary: string | undefined } {
  const value = field(fields, "content-type") ?? "text/plain";
  const type = /^[^\s;]*/.exec(value)?.[0].toLowerCase() ?? "";
  return { type, boundary: type.startsWith("multipart/") ? boundaryOf(value) : undefined };
}
