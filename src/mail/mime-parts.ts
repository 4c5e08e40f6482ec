/**
 * Walks through the parts of a message (RFC 2046, 5.1) in one pass, without decoding them: for counting, for looking
 * at types and names. Forwarded messages (message/rfc822) are leaves. What is malformed is walked as a reader would:
 * a multipart without a boundary is a leaf, a multipart without its end ends with the message.
 */
import { type HeaderField, readHeaderBlock } from "./header-block.ts";

/** A leaf part. Its body lies in the bytes walked through. */
export interface MimePart {
  readonly fields: readonly HeaderField[];
  /** In lower case, `text/plain` when there is none. */
  readonly type: string;
  /** Whether it lies in a multipart/signed or multipart/encrypted (RFC 1847): it must stay as it is, byte for byte. */
  readonly sealed: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * The leaf parts of a body, in order.
 * @param fields the message's own header.
 * @param bodyStart where the body starts in `bytes`.
 * @param onPart called for each part, multiparts too; may throw to end the walk.
 * @throws MailError where a part has a malformed header.
 */
export function leafParts(
  bytes: Buffer,
  fields: readonly HeaderField[],
  bodyStart: number,
  onPart: () => void,
): MimePart[] {
  const root = mediaType(fields);
  onPart();
  if (root.boundary === undefined) {
    return [{ fields, type: root.type, sealed: false, start: bodyStart, end: bytes.length }];
  }
  const leaves: MimePart[] = [];
  // Boundaries by their depth: a look-up for each line that starts with `--`, however deep the message is nested.
  const open = new Map<string, Multipart>([[root.boundary, { depth: 0, sealed: isSealing(root.type) }]]);
  let leaf: Omit<MimePart, "end"> | undefined;
  const close = (end: number) => {
    if (leaf !== undefined) leaves.push({ ...leaf, end: Math.max(leaf.start, end) });
    leaf = undefined;
  };
  for (let at = nextDashes(bytes, bodyStart - 1); at >= 0; at = nextDashes(bytes, at)) {
    const delimiter = delimiterAt(bytes, at, open);
    if (delimiter === undefined) continue;
    close(bytes[at - 2] === 0x0d ? at - 2 : at - 1);
    for (const [boundary, { depth }] of open) {
      if (depth > delimiter.depth || (depth === delimiter.depth && delimiter.last)) open.delete(boundary);
    }
    if (delimiter.last) continue;
    onPart();
    const lineBreak = bytes.indexOf(0x0a, at);
    const header = readHeaderBlock(bytes, lineBreak < 0 ? bytes.length : lineBreak + 1, partHeaderEnd(bytes, at));
    const media = mediaType(header.fields);
    const { type, boundary } = media;
    if (boundary === undefined) {
      leaf = { fields: header.fields, type, sealed: delimiter.sealed, start: header.bodyStart };
    } else {
      open.set(boundary, { depth: delimiter.depth + 1, sealed: delimiter.sealed || isSealing(type) });
    }
  }
  close(bytes.length);
  return leaves;
}

interface Multipart {
  depth: number;
  sealed: boolean;
}

function isSealing(type: string): boolean {
  return type === "multipart/signed" || type === "multipart/encrypted";
}

/** The value of a field, or undefined. */
export function fieldValue(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name.toLowerCase() === name)?.value;
}

/** Where the next line that starts with `--` starts; `from` is anywhere before its line break. */
function nextDashes(bytes: Buffer, from: number): number {
  // The body may start with the delimiter: then the line break is that of the empty line before it.
  const at = bytes.indexOf("\n--", Math.max(0, from), "latin1");
  return at < 0 ? -1 : at + 1;
}

/** Which open multipart the line at `at` delimits, and whether it ends it. */
function delimiterAt(
  bytes: Buffer,
  at: number,
  open: ReadonlyMap<string, Multipart>,
): (Multipart & { last: boolean }) | undefined {
  let stop = bytes.indexOf(0x0a, at);
  if (stop < 0) stop = bytes.length;
  // Boundaries have 70 characters at most (RFC 2046, 5.1.1); twice that is read, for senders who do not know.
  if (stop - at > 200) return undefined;
  const line = bytes.toString("latin1", at + 2, stop).trimEnd();
  const delimited = open.get(line);
  if (delimited !== undefined) return { ...delimited, last: false };
  const ended = line.endsWith("--") ? open.get(line.slice(0, -2)) : undefined;
  return ended && { ...ended, last: true };
}

/** A part's header ends at its empty line, or where the next line starts with `--` if it has none. */
function partHeaderEnd(bytes: Buffer, at: number): number {
  const next = nextDashes(bytes, at);
  return next < 0 ? bytes.length : next;
}

function mediaType(fields: readonly HeaderField[]): { type: string; boundary: string | undefined } {
  const value = fieldValue(fields, "content-type") ?? "text/plain";
  const type = /^[^\s;]*/.exec(value)?.[0].toLowerCase() ?? "";
  if (!type.startsWith("multipart/")) return { type, boundary: undefined };
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(value);
  const boundary = match?.[1]?.replace(/\\(.)/g, "$1") ?? match?.[2];
  return { type, boundary: boundary === undefined || boundary === "" ? undefined : boundary.trimEnd() };
}
