/** Mail from the server itself: address verification, forwarded bounces and complaints. */
import { packPrefix } from "../events/commit.ts";
import { parseAddress } from "../mail/address.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { insertQueued } from "../stores/postgres/send-queue.ts";

export interface SystemMailer {
  /**
   * Resolves once the mail is in the send queue. The mail has an empty return path, so it can't bounce (RFC 5321,
   * 4.5.5), and it has no events.
   * @param mail `scope` is whose key signs the mail if the sender's domain is an identity there, `from` is the address of the From header, `to` a bare address, `mime` the whole message with CRLF.
   */
  send(mail: { scope: number; from: string; to: string; mime: Uint8Array }): Promise<void>;
}

export interface SystemMailServices {
  database: Database;
  objects: ObjectStore;
  clock: () => Date;
  /** How long delivery is attempted, in seconds. */
  maxSeconds: number;
  /** Called when there is mail to deliver. */
  queued: () => void;
}

/** Creates a mailer that adds mail to the send queue. */
export function createSystemMailer({ database, objects, clock, maxSeconds, queued }: SystemMailServices): SystemMailer {
  return {
    async send({ scope, from, to, mime }) {
      const now = clock();
      const recipient = parseAddress(to);
      const sender = parseAddress(from);
      const {
        key,
        offsets: [offset = 0],
      } = await objects.appendToPack(packPrefix(now), [mime]);
      await insertQueued(database, [
        {
          scope,
          messageId: undefined,
          recipient: recipient.address,
          recipientIndex: 0,
          domain: recipient.domain,
          configurationSet: undefined,
          sentAt: now,
          expiresAt: new Date(now.getTime() + maxSeconds * 1000),
          envelope: {
            location: { key, offset, length: mime.length },
            // If the domain is an identity, the mail is signed with its key.
            identity: sender.domain,
            fromDomain: sender.domain,
            tenant: undefined,
            tlsRequired: false,
            recipients: 1,
            tracking: undefined,
          },
        },
      ]);
      queued();
    },
  };
}
