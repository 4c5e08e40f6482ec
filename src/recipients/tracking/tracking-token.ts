/**
 * The tokens of tracking URLs: everything that an open or a click tells, sealed, so that nothing is to be looked up, a mail
 * that is passed on does not show whom it was for, and no redirect can be made up.
 *
 * Sealing is SIV by composition (Rogaway and Shrimpton, 2006; the shape of RFC 5297): HMAC-SHA-256 of the content, cut to
 * 16 bytes, is both the proof and the initial vector of AES-256-CTR. Of one content there is one token, so a mail that is
 * tried again is the same mail, and there is no nonce that could come twice, however many links are made: AES-GCM's
 * random ones last for some 2^32, which is days of sending at full rate. Its 16 bytes are 12 fewer than AES-GCM's, too.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { constantTimeEqual, macOf } from "../../common/mac.ts";
import { packedMessageIdBytes, packMessageId, unpackMessageId } from "../../events/message-id.ts";
import type { LinkTags } from "../../mail/tracking/link-tags.ts";

/** What a token tells. */
export type Tracked = TrackedOpen | TrackedClick;

/** The pixel of a message to a recipient. */
export interface TrackedOpen {
  readonly kind: "open";
  readonly messageId: string;
  /** The recipient as their events name them. */
  readonly recipient: string;
}

/** A link in it. */
export interface TrackedClick extends Omit<TrackedOpen, "kind"> {
  readonly kind: "click";
  /** Where it leads: a URL of HTTP or HTTPS. */
  readonly link: string;
  readonly tags: LinkTags | undefined;
}

/** What tells one token from another, short and without hold on the URL that it came in. */
export function tokenKey(token: string): string {
  // Its start is the proof. A slice would be a view of the whole string.
  return Buffer.from(token.slice(0, 22)).toString();
}

/** Seals and opens. */
export interface TokenSealer {
  /** A token in base64url. */
  seal(tracked: Tracked): string;
  /** What was sealed; undefined where the token is not, to the letter, one that was made here. */
  open(token: string): Tracked | undefined;
}

const proofBytes = 16;

/** A sealer with the installation's own secret. */
export function createTokenSealer(secret: Uint8Array): TokenSealer {
  const derive = (use: string) => new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), `tracking ${use}`, 32));
  const proofKey = derive("proof");
  const cipherKey = derive("cipher");
  const prove = (content: Uint8Array) => macOf(proofKey, content, { bytes: proofBytes });
  return {
    seal(tracked) {
      const content = encode(tracked);
      const proof = prove(content);
      const cipher = createCipheriv("aes-256-ctr", cipherKey, proof);
      return Buffer.concat([proof, cipher.update(content)]).toString("base64url");
    },
    open(token) {
      const sealed = Buffer.from(token, "base64url");
      // Compared as text: base64url has several spellings of the same bytes.
      if (sealed.length <= proofBytes || sealed.toString("base64url") !== token) return undefined;
      const proof = sealed.subarray(0, proofBytes);
      const content = createDecipheriv("aes-256-ctr", cipherKey, proof).update(sealed.subarray(proofBytes));
      return constantTimeEqual(prove(content), proof) ? decode(content) : undefined;
    },
  };
}

/**
 * The content: a byte of flags, the message's id, the recipient with its length in two bytes, and for a click the link and
 * its tags, `name`, `value` and so on, with NULs between, which neither has.
 */
const flags = { click: 1, shortId: 2, https: 4 } as const;
/** A later layout sets one of the others. */
const knownFlags = flags.click | flags.shortId | flags.https;

const scheme = "https://";

function encode(tracked: Tracked): Buffer {
  const packed = packMessageId(tracked.messageId);
  const id = packed ?? withLength(tracked.messageId);
  const pieces = [Buffer.of(packed ? flags.shortId : 0), id, withLength(tracked.recipient)];
  if (tracked.kind === "click") {
    const https = tracked.link.startsWith(scheme);
    pieces[0] = Buffer.of(flags.click | (packed ? flags.shortId : 0) | (https ? flags.https : 0));
    const texts = [https ? tracked.link.slice(scheme.length) : tracked.link];
    for (const [name, values] of Object.entries(tracked.tags ?? {})) {
      for (const value of values) texts.push(name, value);
    }
    pieces.push(Buffer.from(texts.join("\0")));
  }
  return Buffer.concat(pieces);
}

/** What is proven was encoded with our secret, so it has that form; undefined where a newer version gave it another. */
function decode(content: Buffer): Tracked | undefined {
  const flag = content.readUInt8(0);
  if (flag & ~knownFlags) return undefined;
  let at = 1;
  const text = () => {
    const start = at + 2;
    at = start + content.readUInt16BE(at);
    return content.toString("utf8", start, at);
  };
  let messageId: string;
  if (flag & flags.shortId) {
    messageId = unpackMessageId(content.subarray(at));
    at += packedMessageIdBytes;
  } else {
    messageId = text();
  }
  const recipient = text();
  if (!(flag & flags.click)) return { kind: "open", messageId, recipient };
  const [rest = "", ...pairs] = content.toString("utf8", at).split("\0");
  return { kind: "click", messageId, recipient, link: flag & flags.https ? scheme + rest : rest, tags: tagsOf(pairs) };
}

function tagsOf(pairs: readonly string[]): LinkTags | undefined {
  if (pairs.length === 0) return undefined;
  const tags = new Map<string, string[]>();
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const [name = "", value = ""] = pairs.slice(at, at + 2);
    tags.set(name, [...(tags.get(name) ?? []), value]);
  }
  return Object.fromEntries(tags);
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
