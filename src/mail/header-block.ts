/** Reads the header block of a message: the position, name and unfolded value of each field (RFC 5322, 2.2). */
import { MailError } from "./mail-error.ts";

export interface HeaderField {
  readonly name: string;
  /** Unfolded and trimmed; encoded words are not decoded. Non-ASCII bytes are read as UTF-8, or else as Latin-1. */
  readonly value: string;
  /** Byte offsets of the field in the message, with its folds and line breaks. */
  readonly start: number;
  readonly end: number;
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Offset after the empty line; the end of the bytes if there is none. */
  readonly bodyStart: number;
}

/** More fields than any message needs. Each becomes an object, and 40 MB could contain ten million. */
const maxFields = 1000;
/** In bytes: more than the headers of any message need, with those of its 500 parts. */
export const maxHeaderBytes = 1 << 20;

const LF = 0x0a;
const CR = 0x0d;

/** Where a header is read. */
export interface HeaderRange {
  readonly start?: number;
  /** Exclusive offset where reading stops. */
  readonly end?: number;
  /** How long the header may be. */
  readonly mostBytes?: number;
}

/**
 * Reads the fields up to the first empty line. Lines may end with CRLF or LF.
 * @throws MailError with SES's text if a line is not a field, or if the header is too long.
 */
export function readHeaderBlock(
  bytes: Buffer,
  { start = 0, end = bytes.length, mostBytes = maxHeaderBytes }: HeaderRange = {},
): HeaderBlock {
  const fields: HeaderField[] = [];
  let at = start;
  while (at < end) {
    let next = lineEnd(bytes, at, end);
    if (isEmptyLine(bytes, at, next)) return { fields, bodyStart: next };
    while (next < end && (bytes[next] === 0x20 || bytes[next] === 0x09)) next = lineEnd(bytes, next, end);
    if (next - start > mostBytes) throw new MailError(`The headers are longer than ${maxHeaderBytes} bytes.`);
    if (fields.length === maxFields) throw new MailError(`A header has more than ${maxFields} fields.`);
    fields.push(readField(bytes, at, next));
    at = next;
  }
  return { fields, bodyStart: end };
}

/** Offset after the line break of the line at `at`. */
function lineEnd(bytes: Buffer, at: number, end: number): number {
  const lf = bytes.indexOf(LF, at);
  return lf < 0 || lf >= end ? end : lf + 1;
}

function isEmptyLine(bytes: Buffer, start: number, end: number): boolean {
  const length = end - start;
  return (length === 1 && bytes[start] === LF) || (length === 2 && bytes[start] === CR && bytes[start + 1] === LF);
}

function readField(bytes: Buffer, start: number, end: number): HeaderField {
  const text = decode(bytes.subarray(start, end));
  const colon = text.indexOf(":");
  const name = (colon < 0 ? text : text.slice(0, colon)).trimEnd();
  if (colon >= 0 && name === "") throw new MailError("Empty header names are illegal.");
  // Lone line breaks and NUL are not allowed in a header; the name is printable ASCII (RFC 5322, 3.6.8).
  if (colon < 0 || !/^[!-9;-~]+$/.test(name) || name.length > 126) {
    throw new MailError(`Illegal header '${printable(name.slice(0, 126))}'.`);
  }
  // Any line break that is not a fold or the last would start a new line once lone breaks become CRLF.
  const unfolded = text.slice(colon + 1).replace(/\r?\n(?:(?=[ \t])|$)/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000\r\n]/.test(unfolded)) throw new MailError(`Illegal header '${name}'.`);
  return { name, value: unfolded.trim(), start, end };
}

function decode(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (!/[^\u0000-\u007f]/.test(text)) return text;
  const utf8 = bytes.toString("utf8");
  return utf8.includes("\ufffd") ? text : utf8;
}

/** Replaces characters that could be misinterpreted in a log or a header, for error texts. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
