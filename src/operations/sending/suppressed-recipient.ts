/** The outcome of mail to an address on a suppression list (facts 6.1). */
import { randomUUID } from "node:crypto";
import type { BounceEvent, MailEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import type { Suppression } from "../../events/suppression.ts";

const lists = {
  account: {
    subType: "OnAccountSuppressionList",
    diagnosticCode:
      "Amazon SES did not send the message to this address because it is on the suppression list for your account. For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html",
  },
  tenant: {
    subType: "OnTenantSuppressionList",
    diagnosticCode:
      "Amazon SES did not send the message to this address because it is on the suppression list for your tenant.",
  },
};

/** The bounce or complaint that follows the SEND, with the texts and members of SES's own events. */
export function suppressedEvent(
  message: Pick<BounceEvent, "scope" | "messageId" | "sentAt" | "recipient">,
  { reason, list }: Suppression,
  at: Date,
): MailEvent {
  const { subType, diagnosticCode } = lists[list];
  const base = { ...message, id: randomUUID(), at, feedbackId: createMessageId(at) };
  if (reason === "COMPLAINT") return { ...base, type: "COMPLAINT", complaintSubType: subType, arrivalDate: at };
  return {
    ...base,
    type: "BOUNCE",
    bounceType: "Permanent",
    bounceSubType: subType,
    action: "failed",
    status: "5.1.1",
    diagnosticCode,
    reportingMta: "dns; amazonses.com",
  };
}
