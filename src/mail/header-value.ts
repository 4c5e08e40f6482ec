/**
 * Writes header fields: encoded words (RFC 2047), parameters (RFC 2231), folding (RFC 5322, 2.2.3). The output is
 * ASCII, ends with CRLF, and contains line breaks only where this file folds, so no value can add a header.
 */
import type { Address } from "./address.ts";
import { encodeText, isAscii } from "./charset.ts";
import { MailError } from "./mail-error.ts";
import { maxLine } from "./transfer-encoding.ts";

/** RFC 5322, 2.1.1: a line should have at most this many characters, without its CRLF. */
const softLimit = 78;
/** RFC 2047, 2: maximum length of an encoded word, in characters. */
const maxEncodedWord = 75;

/** Text that needs no encoding: printable ASCII, no leading, trailing or double spaces, no start of an encoded word. */
const plainText = /^(?! )(?!.* {2})(?!.*=\?)[ -~]*(?<! )$/;
/** One or more atoms (RFC 5322, 3.2.3): a display name that needs no quotes. */
const plainPhrase = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/**
 * Writes a field of free text, such as Subject, in encoded words if plain text isn't possible.
 * @param charset the one that the sender declares; UTF-8 if absent.
 */
export function textField(name: string, text: string, charset?: string): string {
  if (name.length + 2 + text.length <= softLimit && plainText.test(text)) return `${name}: ${text}\r\n`;
  if (plainText.test(text)) {
    const folded = fold(`${name}: ${text}`);
    if (folded !== undefined) return folded;
  }
  return `${name}: ${encodedWords(text, name.length + 2, charset).join("\r\n ")}\r\n`;
}

/**
 * Writes a field whose value the sender wrote, in printable ASCII.
 * @throws MailError if name or value contains another character, or they are longer than a line may be.
 */
export function literalField(name: string, value: string): string {
  if (!/^[!-9;-~]+$/.test(name)) throw new MailError(`Illegal header '${name.replace(/[^ -~]/g, "?")}'.`);
  if (!/^[ -~]*$/.test(value)) throw new MailError(`Header '${name}' has a value that is not printable ASCII.`);
  // SES's limit; see MessageHeader in its API reference.
  if (name.length + value.length > 996) {
    throw new MailError(`Header '${name}' has more than 996 characters with its value.`);
  }
  const line = `${name}: ${value}`;
  // A value that is all spaces can't be folded: a folded line must not be empty (RFC 5322, 3.2.2).
  return (line.length <= softLimit ? undefined : fold(line)) ?? `${line}\r\n`;
}

/** Writes a field of mailboxes (To, Cc, ...), folded between them. */
export function addressField(name: string, addresses: readonly Address[]): string {
  let field = `${name}:`;
  let column = field.length;
  for (const [index, address] of addresses.entries()) {
    const mailbox = formatMailbox(address);
    const comma = index < addresses.length - 1 ? "," : "";
    // A name in several encoded words contains line breaks; only its first line counts here.
    const firstLine = mailbox.indexOf("\r\n");
    const width = (firstLine < 0 ? mailbox.length : firstLine) + comma.length;
    const wraps = index > 0 && column + 1 + width > softLimit;
    field += `${wraps ? "\r\n " : " "}${mailbox}${comma}`;
    column = firstLine < 0 ? (wraps ? 0 : column) + 1 + width : mailbox.length - mailbox.lastIndexOf("\n");
  }
  return `${field}\r\n`;
}

/** Formats one mailbox for a header field. */
export function formatMailbox({ displayName, address }: Address): string {
  if (displayName === undefined) return address;
  if (plainPhrase.test(displayName) && !displayName.includes("=?") && displayName.length < softLimit) {
    return `${displayName} <${address}>`;
  }
  if (plainText.test(displayName) && displayName.length < softLimit) {
    return `"${displayName.replace(/["\\]/g, "\\$&")}" <${address}>`;
  }
  // 16 leaves room for the longest address field name and its colon ("Reply-To: ").
  return `${encodedWords(displayName, 16).join("\r\n ")}\r\n <${address}>`;
}

/**
 * Writes a parameter of a structured field, preceded by a semicolon and a fold: `filename="a.txt"`, or segments of
 * percent-encoded UTF-8 (RFC 2231, 3 and 4) if a quoted string isn't possible.
 */
export function parameter(name: string, value: string): string {
  if (/^[ -~]*$/.test(value) && value.length <= 60 && !value.includes("=?")) {
    return `;\r\n ${name}="${value.replace(/["\\]/g, "\\$&")}"`;
  }
  const pieces: string[] = [];
  let piece = "";
  for (const character of value.toWellFormed()) {
    // attribute-char of RFC 2231, 7 needs no encoding.
    const encoded = /^[A-Za-z0-9!#$&+.^_`{|}~-]$/.test(character)
      ? character
      : Array.from(Buffer.from(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
    if (piece.length + encoded.length > 50) {
      pieces.push(piece);
      piece = "";
    }
    piece += encoded;
  }
  pieces.push(piece);
  if (pieces.length === 1) return `;\r\n ${name}*=UTF-8''${piece}`;
  return pieces.map((one, index) => `;\r\n ${name}*${index}*=${index === 0 ? "UTF-8''" : ""}${one}`).join("");
}

/** Folds a line of plain text at single spaces; undefined if a word is longer than a line may be. */
function fold(line: string): string | undefined {
  let folded = "";
  let start = 0;
  while (line.length - start > softLimit) {
    let at = line.lastIndexOf(" ", start + softLimit);
    if (at <= start) at = line.indexOf(" ", start + softLimit);
    // Don't fold at a run of spaces: the next line could be all white space.
    while (at > start && (line[at - 1] === " " || line[at + 1] === " " || at + 1 === line.length)) {
      at = line.indexOf(" ", at + 1);
    }
    if (at <= start) break;
    folded += `${line.slice(start, at)}\r\n`;
    if (at - start > maxLine) return undefined;
    start = at;
  }
  return line.length - start > maxLine ? undefined : `${folded}${line.slice(start)}\r\n`;
}

/**
 * Splits a text into encoded words of at most 75 characters, never within a character.
 * @param indent how many characters of the first line are already used.
 */
function encodedWords(text: string, indent: number, charset?: string): string[] {
  const whole = encodeText(text, charset);
  let special = 0;
  for (const byte of whole.bytes) if (!isQuotedWordByte(byte)) special++;
  // Choose the shorter one: Base64 takes 4 characters for 3 bytes, Q takes 3 for each byte that it must encode.
  const base64 = special * 6 > whole.bytes.length;
  const prefix = `=?${whole.charset}?${base64 ? "B" : "Q"}?`;
  const words: string[] = [];
  let bytes: number[] = [];
  let room = Math.min(maxEncodedWord, softLimit - indent) - prefix.length - 2;
  const width = (list: readonly number[]) =>
    base64 ? Math.ceil(list.length / 3) * 4 : list.reduce((sum, byte) => sum + (isQuotedWordByte(byte) ? 1 : 3), 0);
  const end = () => {
    words.push(`${prefix}${base64 ? Buffer.from(bytes).toString("base64") : quotedWord(bytes)}?=`);
    bytes = [];
    room = maxEncodedWord - prefix.length - 2;
  };
  for (const character of text.toWellFormed()) {
    const code = isAscii(character) ? Buffer.from(character) : encodeText(character, whole.charset).bytes;
    if (bytes.length > 0 && width([...bytes, ...code]) > room) end();
    bytes.push(...code);
  }
  end();
  return words;
}

/** RFC 2047, 5 (3): bytes that need no encoding anywhere; the space is written as `_`. */
function isQuotedWordByte(byte: number): boolean {
  return byte === 0x20 || /[A-Za-z0-9!*+/-]/.test(String.fromCharCode(byte));
}

function quotedWord(bytes: readonly number[]): string {
  return bytes
    .map((byte) => {
      if (byte === 0x20) return "_";
      return isQuotedWordByte(byte)
        ? String.fromCharCode(byte)
        : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}
