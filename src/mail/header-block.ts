/** Reads the header block of a message: where each field lies, its name and its unfolded value (RFC 5322, 2.2). */
import { MailError } from "./mail-error.ts";

/** One field as it stands in the message. */
export interface HeaderField {
  readonly name: string;
  /** Unfolded, trimmed, encoded words as they are. Bytes beyond ASCII are read as UTF-8, else as Latin-1. */
  readonly value: string;
  /** The field with its folds and line breaks, in bytes of the message. */
  readonly start: number;
  readonly end: number;
}

/** A header block and where the body starts. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** After the empty line; the length of the bytes where there is none. */
  readonly bodyStart: number;
}

/** More fields than any message has; each is an object, and 40 MB could hold ten million. */
const maxFields = 1000;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads the fields up to the first empty line. Lines may end with CRLF or LF.
 * @param end where to stop at the latest.
 * @throws MailError with SES's text where a line is no field.
 */
export function readHeaderBlock(bytes: Buffer, start = 0, end = bytes.length): HeaderBlock {
  const fields: HeaderField[] = [];
  let at = start;
  while (at < end) {
    let next = lineEnd(bytes, at, end);
    if (isEmptyLine(bytes, at, next)) return { fields, bodyStart: next };
    while (next < end && (bytes[next] === 0x20 || bytes[next] === 0x09)) next = lineEnd(bytes, next, end);
    if (fields.length === maxFields) throw new MailError(`A header has more than ${maxFields} fields.`);
    fields.push(readField(bytes, at, next));
    at = next;
  }
  return { fields, bodyStart: end };
}

/** After the line break of the line at `at`. */
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
  // A line break within a line, or a NUL, has no place in a header; the name is printable ASCII (RFC 5322, 3.6.8).
  if (colon < 0 || !/^[!-9;-~]+$/.test(name) || name.length > 126) {
    throw new MailError(`Illegal header '${printable(name.slice(0, 126))}'.`);
  }
  // Anything left after the folds and the last line break would start a line of its own once lone breaks are made CRLF.
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

/** For error texts: a text without characters that a log or a header could take for something else. */
function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
