/** The last step of each send operation: gives the message an ID and commits it with its first events. */
import { createMessageId } from "../../events/message-id.ts";
import { mailboxOf } from "../../mail/address.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import { beginMessage, failedMessage } from "./begin-message.ts";
import type { SendingServices } from "./sending-services.ts";

/** Resolves to the message's ID once the message, its SEND event and, in capture mode, its outcome are committed. */
export async function acceptMessage(
  services: Pick<SendingServices, "outbox" | "clock" | "scope" | "delivery" | "limits" | "trackable">,
  accepted: AcceptedMessage,
): Promise<string> {
  const { outbox, clock, scope, delivery, limits } = services;
  const { id: scopeId, region } = scope;
  const { message, failure, listed, tracking, context } = accepted;
  const { configurationSet, identityOwner } = accepted.sender;
  const sentAt = context.now;
  const messageId = createMessageId(sentAt);
  // Mail to the simulator does not count toward the quota.
  const counted = message.recipients.filter(({ address }) => !isSimulated(address)).length;
  await limits.take(message.recipients.length, counted);
  if (failure) {
    await outbox.record(failedMessage({ ...accepted, scope: scopeId, messageId, sentAt }, failure, clock()));
    return messageId;
  }
  const stamp = { messageId: `${messageId}@${region}.mailglass`, date: sentAt };
  const mime = message.write(stamp, listed?.unsubscribeUrl(messageId));
  // Only look for links if the message is tracked: it takes longer than all the rest.
  const wanted = message.hasHtml && (tracking?.opens || tracking?.clicks);
  const tracked = wanted ? services.trackable(mime) : undefined;
  await outbox.submit({
    messageId,
    recipients: counted,
    origin: { scope: scopeId, configurationSet, tenant: message.tenantName, identityScope: identityOwner?.id },
    addresses: message.recipients.map(({ address }) => mailboxOf(address)),
    mime,
    begin: (location, suppressed) =>
      beginMessage(
        { ...accepted, scope: scopeId, messageId, sentAt, location, suppressed, tracked },
        clock(),
        delivery,
      ),
  });
  return messageId;
}
