/** Mail that the server itself sends: verification of addresses, forwarded bounces and complaints. */
import { packPrefix } from "../events/commit.ts";
import { parseAddress } from "../mail/address.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import { insertQueued } from "../stores/postgres/send-queue.ts";

/** Sends mail of the server itself. */
export interface SystemMailer {
  /**
   * Resolves once the mail is in the send queue. It goes with an empty return path, so that no bounce of it can come back
   * (RFC 5321, 4.5.5), and there are no events of it.
   * @param mail `from` is the address of the From header, `to` a bare address, `mime` the whole message with CRLF.
   */
  send(mail: { from: string; to: string; mime: Uint8Array }): Promise<void>;
}

/** What it is sent through. */
export interface SystemMailServices {
  database: Database;
  objects: ObjectStore;
  clock: () => Date;
  /** For how many seconds delivery is tried. */
  maxSeconds: number;
  /** Called when there is mail to deliver. */
  queued: () => void;
}

/** A mailer that puts mail into the send queue. */
export function createSystemMailer({ database, objects, clock, maxSeconds, queued }: SystemMailServices): SystemMailer {
  return {
    async send({ from, to, mime }) {
      const now = clock();
      const recipient = parseAddress(to);
      const sender = parseAddress(from);
      const { key, offset } = await objects.appendToPack(packPrefix(now), [mime]);
      await insertQueued(database, [
        {
          messageId: undefined,
          recipient: recipient.address,
          recipientIndex: 0,
          domain: recipient.domain,
          configurationSet: undefined,
          sentAt: now,
          expiresAt: new Date(now.getTime() + maxSeconds * 1000),
          envelope: {
            location: { key, offset, length: mime.length },
            // Signed as mail of that domain is, where there is such an identity.
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
