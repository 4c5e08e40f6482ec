/**
 * The mail that verifies an address. A user who opens its link and presses the button proves that they can read the
 * address's mail. The token in the link is random, and only its digest is stored.
 */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { parseAddress } from "../mail/address.ts";
import { composeMessage } from "../mail/compose.ts";
import { claimAddressProof, releaseAddressProof } from "../stores/postgres/address-proofs.ts";
import type { ScopedQueryable } from "../stores/postgres/database.ts";

/** Queues a mail from the server itself. `to` is a bare address, `mime` the whole message with CRLF. */
export interface VerificationMailer {
  send(mail: { scope: number; from: string; to: string; mime: Uint8Array }): Promise<void>;
}

export interface VerificationMailServices {
  /** Of the scope that the address belongs to. */
  database: ScopedQueryable;
  clock: () => Date;
  mailer: VerificationMailer;
  /** The domain of the mail's sender. Its bounces must come back to this server. */
  mailDomain: string;
  /** The URL at which clients reach this server. */
  publicUrl: () => string;
}

/** The path of the links, followed by the token. */
export const verificationPath = "/identities/verify/";

const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** A new link, and the digest of its token. `publicUrl` is the URL at which people reach this server. */
export function newVerificationLink(publicUrl: string): { url: string; tokenHash: Uint8Array } {
  const token = randomBytes(tokenBytes).toString("base64url");
  return { url: `${publicUrl.replace(/\/$/, "")}${verificationPath}${token}`, tokenHash: digestOf(token) };
}

const digestOf = (token: string): Uint8Array => createHash("sha256").update(token).digest();

/** The digest that is stored of a token; undefined if the token is malformed. */
export function tokenDigest(token: string): Uint8Array | undefined {
  return tokenPattern.test(token) ? digestOf(token) : undefined;
}

/** Sends the mail to an address that has not received one. Rejects if that fails; the next pass then retries. */
export async function sendVerificationMail(services: VerificationMailServices, address: string): Promise<void> {
  const { database, clock, mailer, mailDomain, publicUrl } = services;
  const { url: link, tokenHash } = newVerificationLink(publicUrl());
  if (!(await claimAddressProof(database, address, tokenHash, clock()))) return;
  try {
    const from = `no-reply@${mailDomain}`;
    await mailer.send({
      scope: database.scope,
      from,
      to: address,
      mime: verificationMessage({ from, address, link, at: clock() }),
    });
  } catch (error) {
    await releaseAddressProof(database, address, tokenHash);
    throw error;
  }
}

function verificationMessage(options: { from: string; address: string; link: string; at: Date }): Uint8Array {
  const { from, address, link, at } = options;
  const sender = parseAddress(from);
  const text = `Someone asked to send mail from this address, ${address}, with Mailglass.

If it was you, open this link within 24 hours and confirm:

${link}

If it was not you, do nothing: without the link nobody can send from your address.
`;
  const message = composeMessage({
    from: { ...sender, displayName: "Mailglass" },
    to: [parseAddress(address)],
    cc: [],
    replyTo: [],
    subject: { data: "Confirm your email address" },
    text: { data: text },
    // RFC 3834, 5: prevents vacation replies.
    headers: [{ name: "Auto-Submitted", value: "auto-generated" }],
    attachments: [],
  });
  return message.write({ messageId: `${randomUUID()}@${sender.domain}`, date: at });
}
