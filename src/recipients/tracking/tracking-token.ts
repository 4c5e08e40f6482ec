/**
 * The tokens of tracking URLs. A token contains all data of an open or a click, encrypted and authenticated. So no
 * lookup is needed, forwarded mail does not reveal its original recipient, and redirects can't be forged.
 *
 * Encryption is SIV by composition (Rogaway and Shrimpton, 2006; the construction of RFC 5297): HMAC-SHA-256 of the
 * content, truncated to 16 bytes, is both the authentication tag and the initialization vector of AES-256-CTR. The same
 * content always has the same token, so a retried mail is identical. There is no nonce that could repeat, however many
 * links are created: AES-GCM's random nonces are safe for about 2^32 messages, which is days of sending at full rate.
 * The overhead of 16 bytes is 12 less than AES-GCM's, too.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { constantTimeEqual, macOf } from "../../common/mac.ts";
import { packedMessageIdBytes, packMessageId, unpackMessageId } from "../../events/message-id.ts";
import type { LinkTags } from "../../mail/tracking/link-tags.ts";
import { defaultScope } from "../../stores/postgres/database.ts";

/** The content of a token. */
export type Tracked = TrackedOpen | TrackedClick;

/** The pixel of a message to a recipient. */
export interface TrackedOpen {
  readonly kind: "open";
  /** The account and region of the message. */
  readonly scope: number;
  readonly messageId: string;
  /** The recipient, as in the events. */
  readonly recipient: string;
}

/** A link in a message to a recipient. */
export interface TrackedClick extends Omit<TrackedOpen, "kind"> {
  readonly kind: "click";
  /** The link's target: an HTTP or HTTPS URL. */
  readonly link: string;
  readonly tags: LinkTags | undefined;
}

/** A short map key for a token, which does not keep the request's URL in memory. */
export function tokenKey(token: string): string {
  // A token starts with the authentication tag. A slice alone would be a view of the whole string.
  return Buffer.from(token.slice(0, 22)).toString();
}

export interface TokenSealer {
  /** Creates a token in base64url. */
  seal(tracked: Tracked): string;
  /** Verifies and decrypts a token; undefined unless it is exactly as created by this installation. */
  open(token: string): Tracked | undefined;
}

const proofBytes = 16;

/** `secret` is the installation's own. */
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
      // Compare as text: base64url has several spellings of the same bytes.
      if (sealed.length <= proofBytes || sealed.toString("base64url") !== token) return undefined;
      const proof = sealed.subarray(0, proofBytes);
      const content = createDecipheriv("aes-256-ctr", cipherKey, proof).update(sealed.subarray(proofBytes));
      return constantTimeEqual(prove(content), proof) ? decode(content) : undefined;
    },
  };
}

/**
 * The content: a flags byte, the scope in four bytes unless it is the default one, the message ID, the recipient prefixed with its length in two bytes, and for a click the
 * link and its tags (`name`, `value`, ...), separated by NULs, which none of them contains.
 */
const flags = { click: 1, shortId: 2, https: 4, scope: 8 } as const;
/** A later layout must set one of the other bits. */
const knownFlags = flags.click | flags.shortId | flags.https | flags.scope;

const scheme = "https://";

function encode(tracked: Tracked): Buffer {
  const packed = packMessageId(tracked.messageId);
  const id = packed ?? withLength(tracked.messageId);
  let flag = packed ? flags.shortId : 0;
  const pieces = [id, withLength(tracked.recipient)];
  if (tracked.scope !== defaultScope) {
    flag |= flags.scope;
    pieces.unshift(inFourBytes(tracked.scope));
  }
  if (tracked.kind === "click") {
    const https = tracked.link.startsWith(scheme);
    flag |= flags.click | (https ? flags.https : 0);
    const texts = [https ? tracked.link.slice(scheme.length) : tracked.link];
    for (const [name, values] of Object.entries(tracked.tags ?? {})) {
      for (const value of values) texts.push(name, value);
    }
    pieces.push(Buffer.from(texts.join("\0")));
  }
  return Buffer.concat([Buffer.of(flag), ...pieces]);
}

/** Decodes authenticated content, which is therefore well-formed; undefined if a newer version used another layout. */
function decode(content: Buffer): Tracked | undefined {
  const flag = content.readUInt8(0);
  if (flag & ~knownFlags) return undefined;
  let at = 1;
  const text = () => {
    const start = at + 2;
    at = start + content.readUInt16BE(at);
    return content.toString("utf8", start, at);
  };
  let scope = defaultScope;
  if (flag & flags.scope) {
    scope = content.readUInt32BE(at);
    at += 4;
  }
  let messageId: string;
  if (flag & flags.shortId) {
    messageId = unpackMessageId(content.subarray(at));
    at += packedMessageIdBytes;
  } else {
    messageId = text();
  }
  const recipient = text();
  if (!(flag & flags.click)) return { kind: "open", scope, messageId, recipient };
  const [rest = "", ...pairs] = content.toString("utf8", at).split("\0");
  const link = flag & flags.https ? scheme + rest : rest;
  return { kind: "click", scope, messageId, recipient, link, tags: tagsOf(pairs) };
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

function inFourBytes(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.allocUnsafe(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
