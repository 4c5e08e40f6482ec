/**
 * Makes queued mail ready for the wire: its bytes are read, its opens and clicks made trackable, a return path chosen, and
 * signed. The bytes and the signature of a message to several recipients are made once, unless they differ by recipient.
 */
import { isAscii } from "node:buffer";
import { buffer } from "node:stream/consumers";
import { BoundedMap } from "../../common/bounded-map.ts";
import { type DkimKey, dkimSignatures } from "../../mail/dkim/signature.ts";
import type { ObjectStore } from "../../stores/objects/object-store.ts";
import type { QueuedMail, QueuedTracking } from "../../stores/postgres/send-queue.ts";
import { returnPathToken } from "../return-path.ts";
import type { OutgoingMail } from "../transport.ts";

/** What an identity brings to its mail. */
export interface SigningIdentity {
  /** Undefined where no key is known to be published. */
  readonly dkim: DkimKey | undefined;
  /** The identity's own domain for return paths, where its records are in place. */
  readonly mailFromDomain: string | undefined;
}

/** What mail is prepared with. */
export interface PrepareServices {
  objects: ObjectStore;
  /** Undefined for what is no identity. */
  signingIdentity(name: string): Promise<SigningIdentity | undefined>;
  /** The message as one recipient gets it, with links and a pixel that tell of it. */
  track(mime: Buffer, tracking: QueuedTracking, message: { messageId: string; recipient: string }): Buffer;
  /** The key of return paths. */
  returnPathSecret: Uint8Array;
  /** Where bounces come back to, unless the identity has a domain of its own for it. */
  returnPathDomain: string;
  clock: () => Date;
}

/** Prepares mail; undefined where its bytes are there no more. */
export type Preparer = (mail: QueuedMail) => Promise<OutgoingMail | undefined>;

/** The header that comes back with a report of a message, by which its recipient is known. */
export const messageTokenField = "X-Mailglass-Message";

/** A message in the making. */
interface Signed {
  readonly mime: Buffer;
  readonly signatures: Buffer;
}

/** Messages to several recipients, of which so many are kept at hand, and none that is larger. */
const kept = { messages: 64, bytes: 1 << 20 };

/** Makes the preparer of a process. */
export function createPreparer(services: PrepareServices): Preparer {
  const shared = new BoundedMap<string, Promise<Signed | undefined>>({ capacity: kept.messages, evicts: "oldest" });

  return async (mail) => {
    const { envelope } = mail;
    const identity = envelope.identity === undefined ? undefined : await services.signingIdentity(envelope.identity);
    const signed = await (isShared(mail) ? sharedMessage(mail, identity) : sign(mail, identity));
    if (!signed) return undefined;
    const token = mail.messageId === undefined ? undefined : tokenOf(mail.messageId, mail.recipientIndex);
    const head = token === undefined ? [] : [Buffer.from(`${messageTokenField}: ${token}\r\n`)];
    return {
      recipient: mail.recipient,
      domain: mail.domain,
      returnPath: token === undefined ? "" : `${token}@${identity?.mailFromDomain ?? services.returnPathDomain}`,
      message: [...head, signed.signatures, signed.mime],
      eightBit: !isAscii(signed.mime),
      // Addresses and headers are ASCII: what is not is encoded, or refused, when it is accepted.
      internationalized: false,
      tls: envelope.tlsRequired ? "required" : "opportunistic",
    };
  };

  function tokenOf(messageId: string, recipientIndex: number): string {
    return returnPathToken({ messageId, recipientIndex }, services.returnPathSecret);
  }

  function sharedMessage(mail: QueuedMail, identity: SigningIdentity | undefined): Promise<Signed | undefined> {
    const key = `${mail.messageId} ${identity?.dkim?.selector}`;
    let message = shared.get(key);
    if (!message) {
      message = sign(mail, identity);
      shared.set(key, message);
      // One that failed is tried again by whoever comes next.
      message.catch(() => shared.delete(key));
    }
    return message;
  }

  async function sign(mail: QueuedMail, identity: SigningIdentity | undefined): Promise<Signed | undefined> {
    const { messageId, recipient, envelope } = mail;
    const { key, ...range } = envelope.location;
    const stream = await services.objects.read(key, range);
    if (!stream) return undefined;
    const stored = await buffer(stream);
    if (stored.length !== range.length) return undefined;
    const tracked = envelope.tracking && messageId !== undefined;
    const mime = tracked ? services.track(stored, envelope.tracking, { messageId, recipient }) : stored;
    const keys = identity?.dkim ? [identity.dkim] : [];
    return { mime, signatures: await dkimSignatures({ message: mime, keys, at: services.clock() }) };
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
