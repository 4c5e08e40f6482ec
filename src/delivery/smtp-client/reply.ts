/**
 * An incremental parser for SMTP replies (RFC 5321, 4.2). It does not depend on how the bytes are split into chunks,
 * and its memory is bounded by the limits below.
 */
import type { SmtpReply } from "../transport.ts";

/** A reply as received. */
export interface Reply {
  /** From 200 to 599. */
  readonly code: number;
  /** Without the code, and with control characters replaced by spaces. */
  readonly lines: readonly [string, ...string[]];
}

/** The received bytes are not a valid reply. */
export class MalformedReply extends Error {
  override readonly name = "MalformedReply";
}

export interface ReplyParser {
  /**
   * Parses the next bytes and passes each completed reply to `onReply`.
   * @throws MalformedReply if a reply is invalid or too long. The parser can't be used afterwards.
   */
  push(chunk: Buffer): void;
  /** Whether a reply is incomplete. */
  readonly midway: boolean;
}

/** In octets. RFC 5321, 4.5.3.1.5 allows 512, but some servers send more. */
const longestLine = 4096;
/** In octets, for all lines of a reply together. */
const longestReply = 32_768;
/** In characters: how much of a reply's text is kept. */
const longestText = 2000;

export function createReplyParser(onReply: (reply: Reply) => void): ReplyParser {
  let rest: Buffer = Buffer.alloc(0);
  let lines: string[] = [];
  let octets = 0;

  function take(line: string, length: number): void {
    octets += length;
    if (length > longestLine || octets > longestReply) throw new MalformedReply("The server's reply is too long.");
    const [, code, separator, text = ""] = /^([2-5]\d\d)(?:([ -])(.*))?$/.exec(line) ?? [];
    if (code === undefined) throw new MalformedReply("The server's reply does not begin with a code.");
    lines.push(text);
    if (separator === "-") return;
    const [first = "", ...others] = lines;
    lines = [];
    octets = 0;
    // If the lines have different codes, which is invalid, the last one counts because it ends the reply.
    onReply({ code: Number(code), lines: [first, ...others] });
  }

  return {
    push(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
        take(readLine(bytes, start, end), end - start);
        start = end + 1;
      }
      rest = bytes.subarray(start);
      if (rest.length > longestLine) throw new MalformedReply("The server's reply is too long.");
    },
    get midway() {
      return rest.length > 0 || lines.length > 0;
    },
  };
}

function readLine(bytes: Buffer, start: number, end: number): string {
  const stop = end > start && bytes[end - 1] === 13 ? end - 1 : end;
  // Replies may be UTF-8 (RFC 6531, 3.7.4.3).
  const text = bytes.toString("utf8", start, stop);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are replaced here
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ");
}

/** Converts a reply to the form used in outcomes, with the enhanced status code (RFC 2034) separate from the text. */
export function smtpReply({ code, lines }: Reply): SmtpReply {
  const statusClass = String(code).charAt(0);
  let status: string | undefined;
  const texts = lines.map((line) => {
    const [all = "", given] = /^([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)/.exec(line) ?? [];
    // A status that contradicts the code counts as text (RFC 2034, 4: both must have the same first digit).
    if (given?.charAt(0) !== statusClass) return line.trim();
    status ??= given;
    return line.slice(all.length).trim();
  });
  const text = texts.filter((text) => text !== "").join(" ");
  return { code, status, text: text.slice(0, longestText) };
}
