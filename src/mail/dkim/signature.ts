/**
 * DKIM signatures (RFC 6376, RFC 8301): rsa-sha256, relaxed/relaxed. The body hash may be shared by many messages. The
 * RSA operation, nearly all of the cost, runs in libuv's thread pool. The caller keeps keys as KeyObjects: parsing a
 * PEM for each message takes longer than signing it.
 */
import { type KeyObject, sign } from "node:crypto";
import { bodyHashOf, bodyStart } from "./body-hash.ts";

export interface DkimKey {
  /** `d=`, in ASCII. */
  readonly domain: string;
  readonly selector: string;
  /** A private RSA key. */
  readonly key: KeyObject;
}

export interface DkimInput {
  /** Header and body; lines end with CRLF. Only the header is read if `bodyHash` is given. */
  readonly message: Buffer;
  /** One signature is made for each. */
  readonly keys: readonly DkimKey[];
  /** Time of the signature (`t=`), with a resolution of seconds. */
  readonly at: Date;
  /** The result of `bodyHashOf`; computed if absent. */
  readonly bodyHash?: string;
}

/**
 * The fields to sign, in the order of `h=`: those that recipients and mail programs rely on (RFC 6376, 5.4.1; RFC 8058,
 * 4 for unsubscribe fields) and those that SES adds. Received, Return-Path and the like change in transit.
 */
const signedFields = [
  "From",
  "Sender",
  "Reply-To",
  "To",
  "Cc",
  "Subject",
  "Date",
  "Message-ID",
  "In-Reply-To",
  "References",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "List-Id",
  "List-Help",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
  "List-Subscribe",
  "List-Post",
  "List-Owner",
  "List-Archive",
  "Feedback-ID",
].map((name) => ({ name, key: name.toLowerCase() }));

/** RFC 5322, 2.1.1: a line should have at most this many characters, without its CRLF. */
const lineLength = 78;

/**
 * Signs a message.
 * @returns the DKIM-Signature fields, each with its CRLF, to put before the message; empty if there are no keys. The
 * output is deterministic.
 */
export async function dkimSignatures({ message, keys, at, bodyHash }: DkimInput): Promise<Buffer> {
  if (keys.length === 0) return Buffer.alloc(0);
  const fields = readFields(message.toString("latin1", 0, bodyStart(message)));
  const bh = bodyHash ?? (await bodyHashOf(message));
  const signed = { ...signedHeader(fields), bodyHash: bh, at };
  const written = await Promise.all(keys.map((key) => signatureField(key, signed)));
  return Buffer.from(written.join(""), "latin1");
}

/** The values by field name in lower case, in message order, as bytes in Latin-1 without the last CRLF. */
function readFields(header: string): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  let start = 0;
  while (start < header.length) {
    let end = header.indexOf("\r\n", start);
    while (end >= 0 && (header[end + 2] === " " || header[end + 2] === "\t")) end = header.indexOf("\r\n", end + 2);
    if (end < 0) end = header.length;
    // Within the field: a search to the next colon of the header would take quadratic time.
    const field = header.slice(start, end);
    const colon = field.indexOf(":");
    if (colon > 0) {
      const name = relaxedName(field.slice(0, colon));
      const value = field.slice(colon + 1);
      const others = fields.get(name);
      if (others) others.push(value);
      else fields.set(name, [value]);
    }
    start = end + 2;
  }
  return fields;
}

/** What all signatures of a message share. */
interface SignedParts {
  /** For the `h=` tag. */
  readonly names: readonly string[];
  /** The named fields in canonical form, each with its CRLF. */
  readonly canonical: string;
  readonly bodyHash: string;
  readonly at: Date;
}

function signedHeader(fields: ReadonlyMap<string, readonly string[]>): Pick<SignedParts, "names" | "canonical"> {
  const names: string[] = [];
  let canonical = "";
  for (const { name, key } of signedFields) {
    // Fields with the same name are signed from the last to the first (RFC 6376, 5.4.2).
    for (const value of fields.get(key)?.toReversed() ?? []) {
      names.push(name);
      canonical += `${key}:${relaxedValue(value)}\r\n`;
    }
    // Listed once more than it occurs, so that adding another From breaks the signature (RFC 6376, 8.15).
    if (key === "from") names.push(name);
  }
  return { names, canonical };
}

async function signatureField(
  { domain, selector, key }: DkimKey,
  { names, canonical, bodyHash, at }: SignedParts,
): Promise<string> {
  const t = Math.floor(at.getTime() / 1000);
  const tags = [
    "v=1; a=rsa-sha256; c=relaxed/relaxed;",
    `d=${domain};`,
    `s=${selector};`,
    `t=${t};`,
    ...namesTag(names),
    `bh=${bodyHash};`,
  ];
  const name = "DKIM-Signature";
  const unsigned = `${foldedTags(name, tags)}\r\n b=`;
  // The DKIM-Signature field itself is signed last, with an empty b= and without its CRLF (RFC 6376, 3.7).
  const signed = `${canonical}${name.toLowerCase()}:${relaxedValue(unsigned.slice(name.length + 1))}`;
  const signature = (await signInPool(Buffer.from(signed, "latin1"), key)).toString("base64");
  return `${unsigned}${foldedBase64(signature)}\r\n`;
}

/** The h= tag in pieces between which lines may be folded: white space is allowed around its colons (RFC 6376, 3.5). */
function namesTag(names: readonly string[]): string[] {
  return names.map((name, index) => `${index === 0 ? "h=" : ""}${name}${index === names.length - 1 ? ";" : ":"}`);
}

/** The field up to its last tag, folded between the pieces. */
function foldedTags(name: string, pieces: readonly string[]): string {
  let field = `${name}:`;
  let column = field.length;
  let joined = " ";
  for (const piece of pieces) {
    if (column + joined.length + piece.length > lineLength) {
      field += `\r\n ${piece}`;
      column = 1 + piece.length;
    } else {
      field += `${joined}${piece}`;
      column += joined.length + piece.length;
    }
    joined = piece.endsWith(":") ? "" : " ";
  }
  return field;
}

/** Base64 in folded lines; the first follows ` b=`. */
function foldedBase64(text: string): string {
  const first = lineLength - " b=".length;
  let folded = text.slice(0, first);
  for (let at = first; at < text.length; at += lineLength - 1) folded += `\r\n ${text.slice(at, at + lineLength - 1)}`;
  return folded;
}

/** RFC 6376, 3.4.2: lower case, no white space before the colon. */
function relaxedName(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === " " || name[end - 1] === "\t")) end--;
  return name.slice(0, end).toLowerCase();
}

/**
 * RFC 6376, 3.4.2: unfolds, collapses white space and removes it at the ends. Doesn't use `trim`, which would treat the
 * byte A0, the end of many UTF-8 characters, as a space.
 */
function relaxedValue(value: string): string {
  const spaced = value.replace(/[ \t\r\n]+/g, " ");
  const start = spaced.startsWith(" ") ? 1 : 0;
  const end = spaced.length > start && spaced.endsWith(" ") ? spaced.length - 1 : spaced.length;
  return spaced.slice(start, end);
}

/** RSASSA-PKCS1-v1_5 with SHA-256, off the main thread. */
function signInPool(data: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign("sha256", data, key, (error, signature) => (error ? reject(error) : resolve(signature)));
  });
}
