/** The last step of each send operation: gives the message an ID and commits it with its first events. */
import type { OutcomeEvent } from "../../admin-api/faults.ts";
import { createMessageId, messageIdField } from "../../events/message-id.ts";
import { withFaults } from "../../faults/faults.ts";
import type { MessagePoint } from "../../faults/points.ts";
import { mailboxOf } from "../../mail/address.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import { belowThreshold, validationThreshold } from "./auto-validation.ts";
import { beginMessage, failedMessage } from "./begin-message.ts";
import type { SendingServices } from "./sending-services.ts";

type AcceptServices = Pick<
  SendingServices,
  "outbox" | "clock" | "scope" | "delivery" | "limits" | "trackable" | "faults" | "addresses"
>;

/** Resolves to the message's ID once the message, its SEND event and, in capture mode, its outcome are committed. */
export function acceptMessage(services: AcceptServices, accepted: AcceptedMessage): Promise<string> {
  const { faults, scope } = services;
  return withFaults({ faults, scope, point: () => pointOf(accepted) }, () => commitMessage(services, accepted));
}

async function commitMessage(services: AcceptServices, accepted: AcceptedMessage): Promise<string> {
  const { outbox, clock, scope, delivery, limits } = services;
  const { id: scopeId, region } = scope;
  const { message, failure, listed, tracking, context } = accepted;
  const { configurationSet, identityOwner } = accepted.sender;
  const sentAt = context.now;
  const messageId = accepted.messageId ?? createMessageId(sentAt);
  // Mail to the simulator does not count toward the quota.
  const counted = message.recipients.filter(({ address }) => !isSimulated(address)).length;
  await limits.take(message.recipients.length, counted);
  if (failure) {
    await outbox.record(failedMessage({ ...accepted, scope: scopeId, messageId, sentAt }, failure, clock()));
    return messageId;
  }
  const threshold = validationThreshold(accepted.account, accepted.sender.options);
  const invalid = threshold && (await belowThreshold(services.addresses, message.recipients, threshold));
  const stamp = { messageId: messageIdField(messageId, region), date: sentAt };
  const mime = message.write(stamp, listed?.unsubscribeUrl(messageId));
  // Only look for links if the message is tracked: it takes longer than all the rest.
  const wanted = message.hasHtml && (tracking?.opens || tracking?.clicks);
  const tracked = wanted ? services.trackable(mime) : undefined;
  const outcomeOf = outcomesOnDemand(services, accepted);
  await outbox.submit({
    messageId,
    recipients: counted,
    origin: { scope: scopeId, configurationSet, tenant: message.tenantName, identityScope: identityOwner?.id },
    addresses: message.recipients.map(({ address }) => mailboxOf(address)),
    mime,
    begin: (location, suppressed) =>
      beginMessage(
        { ...accepted, scope: scopeId, messageId, sentAt, location, suppressed, invalid, tracked, outcomeOf },
        clock(),
        delivery,
      ),
  });
  return messageId;
}

/** What rules of faults may ask about a message. */
function pointOf({ message, sender, operation, context }: AcceptedMessage): MessagePoint {
  const { apiVersion } = context.client;
  return {
    at: "message",
    api: apiVersion === undefined ? "smtp" : `v${apiVersion}`,
    operation,
    sender: message.from.address,
    recipients: message.recipients.map(({ address }) => address.address),
    tags: message.tags,
    configurationSet: sender.configurationSet,
  };
}

/** The outcomes that rules choose for captured mail; undefined without rules. */
function outcomesOnDemand(
  { faults, scope }: AcceptServices,
  accepted: AcceptedMessage,
): ((recipient: string) => readonly OutcomeEvent[] | undefined) | undefined {
  if (!faults?.any()) return undefined;
  const point = pointOf(accepted);
  return (recipient) => faults.outcomeOf(scope, { ...point, recipients: [recipient] });
}
