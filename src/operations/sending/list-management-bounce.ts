/** The bounce of a list's mail to a recipient who has unsubscribed. */
import { randomUUID } from "node:crypto";
import type { BounceEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";

/** Action and status are SES's for a suppressed address; the sentence is ours, because SES's is unknown. */
export function unsubscribedBounce(
  message: Pick<BounceEvent, "scope" | "messageId" | "sentAt" | "recipient">,
  now: Date,
): BounceEvent {
  return {
    ...message,
    id: randomUUID(),
    type: "BOUNCE",
    at: now,
    bounceType: "Permanent",
    bounceSubType: "UnsubscribedRecipient",
    feedbackId: createMessageId(now),
    action: "failed",
    status: "5.1.1",
    diagnosticCode:
      "Mailglass did not send the message to this address because the recipient has unsubscribed from the contact list or topic.",
  };
}
