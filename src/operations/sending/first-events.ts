/** The events that a message has from the start. */
import { randomUUID } from "node:crypto";
import { captureEvents } from "../../delivery/capture.ts";
import type { MailEvent, MailLocation } from "../../events/event.ts";
import type { SuppressedRecipients } from "../../events/suppression.ts";
import { mailboxOf } from "../../mail/address.ts";
import { badContentReason } from "../../mail/content-scan.ts";
import { hasFeedbackLoop, ispOf } from "../../mail/isp.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import { unsubscribedBounce } from "./list-management-bounce.ts";
import { suppressedEvent } from "./suppressed-recipient.ts";

/** An accepted message with its id. `location` is undefined where nothing was written. */
interface IdentifiedMessage extends AcceptedMessage {
  messageId: string;
  sentAt: Date;
  location: MailLocation | undefined;
  /** Who of its recipients is on a suppression list. */
  suppressed: SuppressedRecipients;
}

/** For each recipient SEND and, as far as they are known at `now`, what follows it. */
export function firstEvents(accepted: IdentifiedMessage, now: Date): MailEvent[] {
  const { message, failure, operation, messageId, sentAt, context, location, suppressed } = accepted;
  const { identity, configurationSet } = accepted.sender;
  const addresses = message.recipients.map((recipient) => recipient.address);
  const destination = addresses.map(({ address }) => address);
  return addresses.flatMap((recipient): MailEvent[] => {
    const isp = ispOf(recipient.domain);
    const base = { messageId, sentAt, recipient: recipient.address };
    const sent: MailEvent = {
      ...base,
      id: randomUUID(),
      type: "SEND",
      at: sentAt,
      message: {
        source: message.from.address,
        subject: message.subject,
        isp,
        identity,
        configurationSet,
        tenant: message.tenantName,
        tags: {
          ...message.tags,
          "ses:operation": [operation],
          "ses:caller-identity": [context.callerIdentity],
          "ses:source-ip": [context.sourceIp],
          "ses:from-domain": [message.from.domain],
          "ses:sender-identity": [identity],
          "ses:recipient-isp": [isp],
          ...(configurationSet === undefined ? {} : { "ses:configuration-set": [configurationSet] }),
        },
        destination,
        location,
        inSesScope: addresses.length === 1 && !isSimulated(recipient),
        feedbackLoop: hasFeedbackLoop(isp),
        openTracked: false,
        clickTracked: false,
      },
    };
    // SES publishes both: it accepts the message, and fills the template when it is about to send.
    if (failure) return [sent, { ...base, ...failure, id: randomUUID(), type: "RENDERING_FAILURE", at: now }];
    if (message.badContent) {
      return [sent, { ...base, id: randomUUID(), type: "REJECT", at: now, reason: badContentReason }];
    }
    const suppression = suppressed.get(mailboxOf(recipient));
    if (suppression) return [sent, suppressedEvent(base, suppression, now)];
    if (accepted.listed?.unsubscribed.has(recipient.address)) return [sent, unsubscribedBounce(base, now)];
    return [sent, ...captureEvents({ messageId, sentAt }, recipient, now)];
  });
}
