/**
 * Prepares queued mail for sending: reads the message, adds open and click tracking, signs it with S/MIME, chooses
 * the return path and the local addresses, and signs with DKIM. A message to several recipients is prepared once, unless its content differs by recipient.
 */
import { isAscii } from "node:buffer";
import { buffer } from "node:stream/consumers";
import { BoundedMap } from "../../common/bounded-map.ts";
import { type DkimKey, dkimSignatures } from "../../mail/dkim/signature.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { QueuedMail, QueuedTracking } from "../../stores/postgres/send-queue.ts";
import { complaintToken, returnPathOf } from "../return-path.ts";
import type { Sources } from "../sources/sources.ts";
import type { OutgoingMail } from "../transport.ts";

/** What an identity contributes to its mail. */
export interface SigningIdentity {
  /** Undefined if no key is known to be published. */
  readonly dkim: DkimKey | undefined;
  /** The identity's own domain for return paths, if its DNS records are published. */
  readonly mailFromDomain: string | undefined;
}

export interface PrepareServices {
  objects: ObjectStore;
  /** Undefined if the scope has no such identity. */
  readonly signingIdentity: (scope: number, name: string) => Promise<SigningIdentity | undefined>;
  /** Adds a recipient's tracking links and pixel to a message. */
  readonly track: (
    mime: Buffer,
    tracking: QueuedTracking,
    message: { scope: number; messageId: string; recipient: string },
  ) => Buffer;
  sources: Pick<Sources, "of">;
  /** Signs a message with the S/MIME certificate of its sender, if there is one. */
  readonly signSmime: (mime: Buffer, sender: { scope: number; address: string }, at: Date) => Promise<Buffer>;
  /** The key that authenticates return paths. */
  returnPathSecret: Uint8Array;
  /** The return path domain for identities without their own. */
  returnPathDomain: string;
  clock: () => Date;
}

/** Prepares mail; undefined if its content is no longer stored. */
export type Preparer = (mail: QueuedMail) => Promise<OutgoingMail | undefined>;

/** A header with the complaint token. Complaints that quote it identify the message and recipient. */
export const messageTokenField = "X-Mailglass-Message";

/** A message and its signatures. */
interface Signed {
  readonly mime: Buffer;
  readonly signatures: Buffer;
}

/** The cache of messages to several recipients: its maximum size, and the largest message in it. */
const kept = { messages: 64, bytes: 1 << 20 };

export function createPreparer(services: PrepareServices): Preparer {
  const shared = new BoundedMap<string, Promise<Signed | undefined>>({ capacity: kept.messages, evicts: "oldest" });

  return async (mail) => {
    const { scope, envelope } = mail;
    const identity =
      envelope.identity === undefined
        ? undefined
        : await services.signingIdentity(envelope.identityScope ?? scope, envelope.identity);
    const signed = await (isShared(mail) ? sharedMessage(mail, identity) : sign(mail, identity));
    if (!signed) return undefined;
    return {
      recipient: mail.recipient,
      domain: mail.domain,
      ...traceable(mail, [signed.signatures, signed.mime], identity?.mailFromDomain),
      eightBit: !isAscii(signed.mime),
      // Addresses and headers are ASCII: anything else was encoded or refused when the message was accepted.
      internationalized: false,
      tls: envelope.tlsRequired ? "required" : "opportunistic",
      sources: services.sources.of(mail),
    };
  };

  /** The return path, and the message with a token for complaints. The server's own mail has neither. */
  function traceable(
    { messageId, recipientIndex }: QueuedMail,
    message: readonly Buffer[],
    domain: string | undefined,
  ) {
    if (messageId === undefined) return { returnPath: "", message };
    const { returnPathSecret, returnPathDomain } = services;
    const path = { messageId, recipientIndex };
    const head = Buffer.from(`${messageTokenField}: ${complaintToken(path, returnPathSecret)}\r\n`);
    return {
      returnPath: returnPathOf(path, domain ?? returnPathDomain, returnPathSecret),
      message: [head, ...message],
    };
  }

  function sharedMessage(mail: QueuedMail, identity: SigningIdentity | undefined): Promise<Signed | undefined> {
    const key = `${mail.messageId} ${identity?.dkim?.selector}`;
    let message = shared.get(key);
    if (!message) {
      message = sign(mail, identity);
      shared.set(key, message);
      // After a failure, the next recipient tries again.
      message.catch(() => shared.delete(key));
    }
    return message;
  }

  async function sign(mail: QueuedMail, identity: SigningIdentity | undefined): Promise<Signed | undefined> {
    const { scope, messageId, recipient, envelope } = mail;
    const { key, ...range } = envelope.location;
    const stream = await services.objects.read(key, range);
    if (!stream) return undefined;
    const stored = await buffer(stream);
    if (stored.length !== range.length) return undefined;
    const tracked = envelope.tracking && messageId !== undefined;
    const own = tracked ? services.track(stored, envelope.tracking, { scope, messageId, recipient }) : stored;
    const { smimeSender: address, identityScope = scope } = envelope;
    const at = services.clock();
    const mime = address === undefined ? own : await services.signSmime(own, { scope: identityScope, address }, at);
    const keys = identity?.dkim ? [identity.dkim] : [];
    return { mime, signatures: await dkimSignatures({ message: mime, keys, at }) };
  }
}

function isShared({ messageId, envelope }: QueuedMail): boolean {
  return (
    messageId !== undefined &&
    envelope.recipients > 1 &&
    !(envelope.tracking?.opens || envelope.tracking?.clicks) &&
    envelope.location.length <= kept.bytes
  );
}
