/**
 * Reads a mail as it comes: header and leaf parts, whatever is malformed. Mail that came back is often cut off, lacks
 * its empty line, or names a boundary that isn't there, so nothing here throws and everything is bounded. Forwarded
 * messages (message/rfc822) are leaves: what stands in them was said by somebody else.
 */
import { decodeText } from "./lenient-text.ts";

/** How much of a mail is read, in bytes. Reports come before the message they return. */
export const maxMailBytes = 1024 * 1024;
const maxFields = 300;
const maxValue = 16 * 1024;
const maxParts = 50;
const maxDepth = 8;

/** A header's fields in their order, names in lower case, values unfolded. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** A leaf part. */
export interface LenientPart {
  /** The media type in lower case; `text/plain` where there is none. */
  readonly type: string;
  readonly fields: Fields;
  /** The decoded body with LF line breaks; computed when asked for. */
  text(): string;
  /** The body as it came, one character for each byte. */
  raw(): string;
}

/** A mail as far as it could be read. */
export interface LenientMail {
  readonly fields: Fields;
  readonly parts: readonly LenientPart[];
}

/** The first value of a field, or undefined; the name in lower case. */
export function field(fields: Fields, name: string): string | undefined {
  return fields.find(([known]) => known === name)?.[1];
}

/** Reads the first `maxMailBytes` of a mail. Never throws. */
export function readLenientMail(bytes: Uint8Array): LenientMail {
  const view = bytes.subarray(0, maxMailBytes);
  const raw = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("latin1").replaceAll("\r\n", "\n");
  const header = readFields(raw, startOfHeader(raw));
  return { fields: header.fields, parts: readParts(raw, header) };
}

/**
 * Reads a header that stands at the start of a text, such as that of a returned message. Its folds may have lost their
 * indent on the way, so lines that are no field don't end it.
 */
export function readTextHeader(text: string): Fields {
  return readFields(text, startOfHeader(text), true).fields;
}

interface Header {
  readonly fields: Fields;
  readonly bodyStart: number;
}

/** After empty lines and the line that mbox files put before each mail (RFC 4155). */
function startOfHeader(raw: string): number {
  let at = 0;
  while (raw[at] === "\n") at++;
  if (raw.startsWith("From ", at) || raw.startsWith(">From ", at)) {
    const end = raw.indexOf("\n", at);
    return end < 0 ? raw.length : end + 1;
  }
  return at;
}

const fieldLine = /^([!-9;-~]{1,80})[ \t]*:(.*)$/;

/** Fields up to the empty line, or up to the first line that can't be of a header unless these are skipped. */
function readFields(raw: string, start: number, skips = false): Header {
  const fields: [string, string][] = [];
  let at = start;
  while (at < raw.length) {
    const found = raw.indexOf("\n", at);
    const end = found < 0 ? raw.length : found;
    if (end === at) return { fields, bodyStart: at + 1 };
    const line = raw.slice(at, Math.min(end, at + maxValue));
    const last = fields.at(-1);
    // Parameters that were folded without an indent are of the field before.
    if (/^[ \t]/.test(line) || /^(?:boundary|charset|name|report-type|type)=/i.test(line)) {
      if (last !== undefined && last[1].length < maxValue) last[1] = `${last[1]} ${line.trim()}`;
    } else {
      const match = fieldLine.exec(line.trimEnd());
      if (match === null && !skips) return { fields, bodyStart: at };
      if (match !== null && fields.length < maxFields)
        fields.push([(match[1] ?? "").toLowerCase(), (match[2] ?? "").trim()]);
    }
    at = end + 1;
  }
  return { fields, bodyStart: Math.min(at, raw.length) };
}

/**
 * The leaf parts, found in one pass over the lines that start with two dashes. A multipart whose boundary never comes
 * is one leaf of text.
 */
function readParts(raw: string, header: Header): LenientPart[] {
  const root = mediaType(header.fields);
  if (root.boundary === undefined || !hasDelimiter(raw, root.boundary, header.bodyStart)) {
    root.boundary = boundaryInBody(raw, header.bodyStart, root.boundary !== undefined);
  }
  const type = root.type.startsWith("multipart/") ? "text/plain" : root.type;
  if (root.boundary === undefined) {
    return [leafPart(raw, { type, fields: header.fields, start: header.bodyStart, end: raw.length })];
  }
  const open = new Map([[root.boundary, 0]]);
  const leaves: LenientPart[] = [];
  let leaf: Omit<Leaf, "end"> | undefined;
  const close = (end: number) => {
    if (leaf !== undefined) leaves.push(leafPart(raw, { ...leaf, end: Math.max(leaf.start, end) }));
    leaf = undefined;
  };
  let dashes = raw.startsWith("--", header.bodyStart) ? header.bodyStart : nextDashes(raw, header.bodyStart);
  for (; dashes >= 0 && leaves.length < maxParts; dashes = nextDashes(raw, dashes)) {
    const delimiter = delimiterAt(raw, dashes, open);
    if (delimiter === undefined) continue;
    close(dashes - 1);
    for (const [boundary, depth] of open) {
      if (depth > delimiter.depth || (depth === delimiter.depth && delimiter.last)) open.delete(boundary);
    }
    if (delimiter.last) continue;
    const lineEnd = raw.indexOf("\n", dashes);
    const part = readFields(raw, lineEnd < 0 ? raw.length : lineEnd + 1);
    const media = mediaType(part.fields);
    if (media.boundary !== undefined && delimiter.depth < maxDepth) open.set(media.boundary, delimiter.depth + 1);
    else leaf = { type: media.type, fields: part.fields, start: part.bodyStart };
  }
  close(raw.length);
  return leaves;
}

function hasDelimiter(raw: string, boundary: string, bodyStart: number): boolean {
  return raw.startsWith(`--${boundary}`, bodyStart) || raw.includes(`\n--${boundary}`);
}

/**
 * The boundary of a body whose header declares none, or another: that of the first line of dashes that a part's header
 * follows. Where none is declared that could be of a returned message, so a report must be in it.
 */
function boundaryInBody(raw: string, bodyStart: number, declared: boolean): string | undefined {
  const body = raw.slice(Math.max(0, bodyStart - 1), bodyStart + 64 * 1024);
  if (!declared && !/\ncontent-type:[ \t]{0,4}message\/(?:delivery-status|feedback-report)/i.test(body))
    return undefined;
  return /\n--([^\n]{5,100})\ncontent-(?:type|description|disposition|transfer-encoding):/i.exec(body)?.[1]?.trimEnd();
}

function nextDashes(raw: string, from: number): number {
  const at = raw.indexOf("\n--", from);
  return at < 0 ? -1 : at + 1;
}

function delimiterAt(
  raw: string,
  at: number,
  open: ReadonlyMap<string, number>,
): { depth: number; last: boolean } | undefined {
  const end = raw.indexOf("\n", at);
  // Boundaries have 70 characters at most (RFC 2046, 5.1.1); more is read for senders who don't know.
  const line = raw.slice(at + 2, Math.min(end < 0 ? raw.length : end, at + 300)).trimEnd();
  const depth = open.get(line);
  if (depth !== undefined) return { depth, last: false };
  const ended = line.endsWith("--") ? open.get(line.slice(0, -2)) : undefined;
  return ended === undefined ? undefined : { depth: ended, last: true };
}

/** A part without parts, from `start` to `end` in the message. */
interface Leaf {
  readonly type: string;
  readonly fields: Fields;
  readonly start: number;
  readonly end: number;
}

function leafPart(raw: string, { type, fields, start, end }: Leaf): LenientPart {
  let text: string | undefined;
  return {
    type,
    fields,
    raw: () => raw.slice(start, end),
    text() {
      text ??= decodeText(
        raw.slice(start, end),
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
  const boundary = type.startsWith("multipart/") ? parameter(value, "boundary")?.trimEnd() : undefined;
  return { type, boundary: boundary === "" ? undefined : boundary };
}

/** A parameter of a field (RFC 2045, 5.1), or undefined. The value is at most `maxValue` long. */
function parameter(value: string, name: string): string | undefined {
  const at = value.toLowerCase().search(new RegExp(`[;\\s]${name}[ \\t]*=`));
  if (at < 0) return undefined;
  const rest = value.slice(value.indexOf("=", at) + 1).trimStart();
  if (!rest.startsWith('"')) return /^[^\s;"]*/.exec(rest)?.[0];
  const end = rest.indexOf('"', 1);
  return rest.slice(1, end < 0 ? rest.length : end);
}
