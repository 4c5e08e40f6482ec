/** Bounces of mail that is not sent to a recipient, for other reasons than a suppression list. */
import { randomUUID } from "node:crypto";
import type { BounceEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";

type Unsent = Pick<BounceEvent, "scope" | "messageId" | "sentAt" | "recipient">;

/** The bounce of a list's mail to a recipient who has unsubscribed. */
export function unsubscribedBounce(message: Unsent, now: Date): BounceEvent {
  return unsentBounce(message, now, {
    bounceSubType: "UnsubscribedRecipient",
    diagnosticCode:
      "Mailglass did not send the message to this address because the recipient has unsubscribed from the contact list or topic.",
  });
}

/** The bounce of mail to an address that Auto Validation rejects. */
export function invalidAddressBounce(message: Unsent, now: Date): BounceEvent {
  return unsentBounce(message, now, {
    bounceSubType: "EmailValidationSuppressed",
    diagnosticCode:
      "Mailglass did not send the message to this address because its validation is below the threshold of Auto Validation.",
  });
}

/** Action and status are SES's for a suppressed address; the sentences are ours, because SES's are unknown. */
function unsentBounce(
  message: Unsent,
  now: Date,
  reason: Pick<BounceEvent, "bounceSubType" | "diagnosticCode">,
): BounceEvent {
  return {
    ...message,
    ...reason,
    id: randomUUID(),
    type: "BOUNCE",
    at: now,
    bounceType: "Permanent",
    feedbackId: createMessageId(now),
    action: "failed",
    status: "5.1.1",
  };
}
