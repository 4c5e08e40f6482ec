/**
 * Finds the leaf parts of a message (RFC 2046, 5.1) in one pass over the lines that start with two dashes, without
 * decoding. Forwarded messages (message/rfc822) are leaves; a multipart without a boundary is a leaf; one without a
 * closing delimiter ends with the message. The caller parses part headers: strictly in mail that we send
 * (mime-parts.ts), leniently in received mail (lenient-mime.ts).
 */

/** What the walk needs to know from a part's header. */
export interface PartHeader {
  /** The media type in lower case. */
  readonly type: string;
  /** Undefined if the part is a leaf. */
  readonly boundary: string | undefined;
  readonly bodyStart: number;
}

/** A multipart that encloses a part. */
export interface Multipart {
  readonly type: string;
  /** 0 for the message itself. */
  readonly depth: number;
  readonly parent: Multipart | undefined;
}

/** A leaf part. `start` and `end` exclude the line break that belongs to the delimiter. */
export interface Leaf<Header> {
  readonly header: Header;
  readonly parent: Multipart | undefined;
  readonly start: number;
  readonly end: number;
}

/**
 * The leaf parts, in order.
 * @param root the message's own header.
 * @param readHeader reads the header of a part at `start`. It must stop at `end`, where the next line starts with two
 * dashes, so that no byte is read for two headers and the walk takes linear time. `depth` is that of the enclosing
 * multipart. It may throw; undefined ends the walk.
 */
export function leavesOf<Header extends PartHeader>(
  bytes: Buffer,
  root: Header,
  readHeader: (start: number, end: number, depth: number) => Header | undefined,
): Leaf<Header>[] {
  if (root.boundary === undefined) {
    return [{ header: root, parent: undefined, start: root.bodyStart, end: bytes.length }];
  }
  const leaves: Leaf<Header>[] = [];
  // Keyed by boundary, so that each line that starts with `--` takes one lookup at any nesting depth.
  const open = new Map<string, Multipart>([[root.boundary, { type: root.type, depth: 0, parent: undefined }]]);
  let leaf: Omit<Leaf<Header>, "end"> | undefined;
  const close = (end: number) => {
    if (leaf !== undefined) leaves.push({ ...leaf, end: Math.max(leaf.start, end) });
    leaf = undefined;
  };
  for (let at = firstDashes(bytes, root.bodyStart); at >= 0; at = nextDashes(bytes, at)) {
    const delimiter = delimiterAt(bytes, at, open);
    if (delimiter === undefined) continue;
    const { multipart, last } = delimiter;
    close(bytes[at - 2] === 0x0d ? at - 2 : at - 1);
    for (const [boundary, { depth }] of open) {
      if (depth > multipart.depth || (depth === multipart.depth && last)) open.delete(boundary);
    }
    if (last) continue;
    const header = readHeader(lineAfter(bytes, at), headerEnd(bytes, at), multipart.depth);
    if (header === undefined) break;
    const { type, boundary } = header;
    if (boundary === undefined) leaf = { header, parent: multipart, start: header.bodyStart };
    else open.set(boundary, { type, depth: multipart.depth + 1, parent: multipart });
  }
  close(bytes.length);
  return leaves;
}

function firstDashes(bytes: Buffer, bodyStart: number): number {
  return bytes[bodyStart] === 0x2d && bytes[bodyStart + 1] === 0x2d ? bodyStart : nextDashes(bytes, bodyStart);
}

/** Offset of the next line that starts with `--`; `from` is anywhere before the preceding line break. */
function nextDashes(bytes: Buffer, from: number): number {
  const at = bytes.indexOf("\n--", from, "latin1");
  return at < 0 ? -1 : at + 1;
}

function headerEnd(bytes: Buffer, delimiter: number): number {
  const next = nextDashes(bytes, delimiter);
  return next < 0 ? bytes.length : next;
}

function lineAfter(bytes: Buffer, at: number): number {
  const lineBreak = bytes.indexOf(0x0a, at);
  return lineBreak < 0 ? bytes.length : lineBreak + 1;
}

/** The open multipart that the line at `at` delimits, and whether it is the closing delimiter. */
function delimiterAt(
  bytes: Buffer,
  at: number,
  open: ReadonlyMap<string, Multipart>,
): { multipart: Multipart; last: boolean } | undefined {
  let stop = bytes.indexOf(0x0a, at);
  if (stop < 0) stop = bytes.length;
  // Boundaries have at most 70 characters (RFC 2046, 5.1.1); longer ones are accepted from nonconforming senders.
  if (stop - at > 200) return undefined;
  const line = bytes.toString("latin1", at + 2, stop).trimEnd();
  const delimited = open.get(line);
  if (delimited !== undefined) return { multipart: delimited, last: false };
  const ended = line.endsWith("--") ? open.get(line.slice(0, -2)) : undefined;
  return ended && { multipart: ended, last: true };
}
