/**
 * Return paths that identify the message and recipient that a bounce is about (VERP). The local part is `b-` and the
 * base32 of time, UUID, recipient and a MAC that prevents forgery. It survives mail servers that change the case of
 * local parts, and fits into their 64 octets (RFC 5321, 4.5.3.1.1).
 *
 * Complaint tokens have the same form, with `c-` and a MAC of their own. They stand in the message's header, which
 * everyone sees who gets to see the message, so they prove a complaint and are no address for bounces.
 */
import { constantTimeEqual, macOf } from "../common/mac.ts";
import { packedMessageIdBytes, packMessageId, unpackMessageId } from "../events/message-id.ts";

/** A message and the index of one of its recipients in the `destination` of its SEND event. */
export interface ReturnPath {
  readonly messageId: string;
  readonly recipientIndex: number;
}

/** The message ID and the recipient's index. */
const bodyBytes = packedMessageIdBytes + 1;
/** 96 bits. With the body that is 35 bytes, seven groups of base32: apart from case, each address has one spelling. */
const bounces = { prefix: "b-", mac: { purpose: "return-path", bytes: 12 } };
const complaints = { prefix: "c-", mac: { purpose: "complaint-token", bytes: 12 } };
const tokenForm = /^([bc]-)([a-z2-7]{56})$/;

/**
 * The return path of a message to one recipient: `local@domain`.
 * @throws RangeError if `createMessageId` did not create the ID, or if the index is not between 0 and 255.
 */
export function returnPathOf({ messageId, recipientIndex }: ReturnPath, domain: string, secret: Uint8Array): string {
  return `${returnPathToken({ messageId, recipientIndex }, secret)}@${domain}`;
}

/** The local part alone. */
export function returnPathToken(path: ReturnPath, secret: Uint8Array): string {
  return tokenOf(path, bounces, secret);
}

/** The token for a header that complaints quote. Throws as `returnPathOf` does. */
export function complaintToken(path: ReturnPath, secret: Uint8Array): string {
  return tokenOf(path, complaints, secret);
}

function tokenOf({ messageId, recipientIndex }: ReturnPath, kind: typeof bounces, secret: Uint8Array): string {
  const packed = packMessageId(messageId);
  if (packed === undefined) throw new RangeError(`Not a message id: ${JSON.stringify(messageId)}`);
  if (!Number.isInteger(recipientIndex) || recipientIndex < 0 || recipientIndex > 255) {
    throw new RangeError(`Not the index of a recipient: ${recipientIndex}`);
  }
  const body = Buffer.concat([packed, Buffer.of(recipientIndex)]);
  return kind.prefix + toBase32(Buffer.concat([body, macOf(secret, body, kind.mac)]));
}

/**
 * Parses and authenticates a return path or its local part. Undefined if it is invalid or from another installation.
 * The caller must check the domain, and the message's age with `sentAtOf`.
 */
export function readReturnPath(address: string, secret: Uint8Array): ReturnPath | undefined {
  const at = address.lastIndexOf("@");
  return readToken(at < 0 ? address : address.slice(0, at), bounces, secret);
}

/** Parses and authenticates a complaint token. Undefined as for `readReturnPath`. */
export function readComplaintToken(token: string, secret: Uint8Array): ReturnPath | undefined {
  return readToken(token, complaints, secret);
}

function readToken(token: string, kind: typeof bounces, secret: Uint8Array): ReturnPath | undefined {
  const [, prefix, encoded] = tokenForm.exec(token.toLowerCase()) ?? [];
  if (encoded === undefined || prefix !== kind.prefix) return undefined;
  const bytes = fromBase32(encoded);
  const body = bytes.subarray(0, bodyBytes);
  if (!constantTimeEqual(macOf(secret, body, kind.mac), bytes.subarray(bodyBytes))) return undefined;
  return { messageId: unpackMessageId(body), recipientIndex: body.readUInt8(packedMessageIdBytes) };
}

/** RFC 4648, section 6, in lower case. The lengths used need no padding. */
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

function toBase32(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = ((held & 0x1f) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >>> (bits - 5)) & 0x1f];
  }
  return text;
}

function fromBase32(text: string): Buffer {
  const bytes = Buffer.alloc((text.length * 5) / 8);
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    held = ((held & 0xff) << 5) | alphabet.indexOf(character);
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >>> bits) & 0xff;
  }
  return bytes;
}
