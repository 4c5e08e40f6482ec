/** Mail as a worker claims it from the send queue. */

import { defaultScope } from "../../src/stores/postgres/database.ts";
import type { QueuedMail } from "../../src/stores/postgres/send-queue.ts";

/** Queued mail; `sentAt` is where its time begins. */
export function queuedMail(given: Partial<QueuedMail> = {}): QueuedMail {
  const sentAt = given.sentAt ?? new Date("2026-11-24T07:00:00.000Z");
  const recipient = given.recipient ?? "ada@example.com";
  return {
    id: 1,
    scope: defaultScope,
    messageId: "010001a20a2f5c01-6d0c5c0e-7a3f-4b57-9c54-3f6a2c1a9b10-000000",
    recipient,
    recipientIndex: 0,
    domain: recipient.slice(recipient.lastIndexOf("@") + 1),
    configurationSet: undefined,
    sentAt,
    expiresAt: new Date(sentAt.getTime() + 14 * 3600_000),
    envelope: {
      location: { key: "mail/2026/11/24/x.pack", offset: 0, length: 4 },
      identity: "sender.example",
      fromDomain: "sender.example",
      tenant: undefined,
      tlsRequired: false,
      recipients: 1,
      tracking: undefined,
    },
    tries: 0,
    lastStatus: undefined,
    lastDiagnostic: undefined,
    ...given,
  };
}
