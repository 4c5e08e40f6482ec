/** Determines a message's first events and the deliveries to queue. */
import { randomUUID } from "node:crypto";
import type { OutcomeEvent } from "../../admin-api/faults.ts";
import { captureEvents } from "../../delivery/capture.ts";
import type { MessageBeginning } from "../../events/commit.ts";
import type { MailEvent, MailLocation, MessageFacts, SendEvent } from "../../events/event.ts";
import type { SuppressedRecipients } from "../../events/suppression.ts";
import { eventOf } from "../../faults/event-on-demand.ts";
import { type Address, mailboxOf } from "../../mail/address.ts";
import { badContentReason } from "../../mail/content-scan.ts";
import { hasFeedbackLoop, ispOf } from "../../mail/isp.ts";
import { isSimulated } from "../../mail/simulator.ts";
import type { NewQueuedMail } from "../../stores/postgres/send-queue.ts";
import type { AcceptedMessage } from "./accepted-message.ts";
import type { PreparedMessage } from "./envelope.ts";
import type { Sender } from "./sender.ts";
import type { SendingServices } from "./sending-services.ts";
import { suppressedEvent } from "./suppressed-recipient.ts";
import { invalidAddressBounce, unsubscribedBounce } from "./unsent-bounce.ts";

/** An accepted message with its ID. */
export interface IdentifiedMessage extends AcceptedMessage {
  scope: number;
  messageId: string;
  sentAt: Date;
  /** Which trackable content the message has; undefined if nothing is to be tracked. */
  tracked?: { opens: boolean; clicks: boolean } | undefined;
}

/** A message in the object store. */
interface WrittenMessage extends IdentifiedMessage {
  location: MailLocation;
  /** The recipients on a suppression list. */
  suppressed: SuppressedRecipients;
  /** The mailboxes that Auto Validation rejects; undefined if it is off. */
  invalid?: ReadonlySet<string> | undefined;
  /** In capture mode, what becomes of a recipient's mail instead of a delivery; undefined for that. */
  outcomeOf?: ((recipient: string) => readonly OutcomeEvent[] | undefined) | undefined;
}

/**
 * SEND and RENDERING_FAILURE for each recipient: SES publishes both, because it renders a template just before sending.
 */
export function failedMessage(
  accepted: IdentifiedMessage,
  failure: NonNullable<AcceptedMessage["failure"]>,
  now: Date,
): MailEvent[] {
  return accepted.message.recipients.flatMap(({ address }): MailEvent[] => {
    const sent = sendEvent(accepted, address, undefined);
    return [sent, { ...baseOf(sent), ...failure, id: randomUUID(), type: "RENDERING_FAILURE", at: now }];
  });
}

/**
 * Creates SEND and, if already known at `now`, the outcome for each recipient. If mail leaves, queues the recipients
 * who are to get the mail and are not mailbox simulator addresses.
 */
export function beginMessage(
  written: WrittenMessage,
  now: Date,
  delivery: SendingServices["delivery"],
): MessageBeginning {
  const events: MailEvent[] = [];
  const going: { address: Address; index: number }[] = [];
  const archivedTo: string[] | undefined = written.sender.options?.archive ? [] : undefined;
  for (const [index, { address }] of written.message.recipients.entries()) {
    const sent = sendEvent(written, address, written.location);
    events.push(sent);
    const outcome = knownOutcome(written, sent, address, now);
    if (outcome === undefined) archivedTo?.push(address.address);
    if (outcome !== undefined) events.push(...outcome);
    else if (delivery.mode === "capture") events.push(...capturedOutcome(written, sent, address, { now, delivery }));
    else going.push({ address, index });
  }
  return { events, queued: queue(written, going, delivery), archived: archivedTo && archivedMail(written, archivedTo) };
}

/** The part of a long subject that is kept beside the mail, to search in, in UTF-16 units. */
const maxArchivedSubject = 1000;

/** What the configuration set's archive keeps: mail that is to be delivered to somebody, with these recipients. */
function archivedMail(
  { message, messageId, sentAt, sender }: WrittenMessage,
  recipients: readonly string[],
): MessageBeginning["archived"] {
  const archive = sender.options?.archive;
  if (archive == null || recipients.length === 0) return undefined;
  return {
    ...{ archive, messageId, sentAt, recipients },
    sender: message.from.address,
    // An encoded subject may have characters that the database rejects.
    subject: (message.subject ?? "").slice(0, maxArchivedSubject).toWellFormed().replaceAll("\0", ""),
  };
}

/** The outcome for a recipient to whom no mail leaves; undefined if the mail is to be delivered. */
function knownOutcome(
  { message, suppressed, invalid, listed, scope, messageId, sentAt }: WrittenMessage,
  sent: SendEvent,
  recipient: Address,
  now: Date,
): MailEvent[] | undefined {
  const base = baseOf(sent);
  if (message.badContent) return [{ ...base, id: randomUUID(), type: "REJECT", at: now, reason: badContentReason }];
  const suppression = suppressed.get(mailboxOf(recipient));
  if (suppression) return [suppressedEvent(base, suppression, now)];
  if (listed?.unsubscribed.has(recipient.address)) return [unsubscribedBounce(base, now)];
  if (invalid?.has(mailboxOf(recipient))) return [invalidAddressBounce(base, now)];
  return isSimulated(recipient) ? captureEvents({ scope, messageId, sentAt }, recipient, now) : undefined;
}

function capturedOutcome(
  written: WrittenMessage,
  sent: SendEvent,
  recipient: Address,
  { now, delivery }: { now: Date; delivery: SendingServices["delivery"] },
): MailEvent[] {
  const { hostname, maxSeconds: maxDeliverySeconds } = delivery;
  const asked = written.outcomeOf?.(recipient.address);
  if (!asked) return captureEvents(written, recipient, now);
  return asked.map((event) => eventOf(event, baseOf(sent), now, { hostname, maxDeliverySeconds }));
}

function baseOf({
  scope,
  messageId,
  sentAt,
  recipient,
}: SendEvent): Pick<SendEvent, "scope" | "messageId" | "sentAt" | "recipient"> {
  return { scope, messageId, sentAt, recipient };
}

function sendEvent(accepted: IdentifiedMessage, recipient: Address, location: MailLocation | undefined): SendEvent {
  const { scope, messageId, sentAt } = accepted;
  const message = messageFacts(accepted, recipient, location);
  return {
    id: randomUUID(),
    type: "SEND",
    scope,
    messageId,
    sentAt,
    recipient: recipient.address,
    at: sentAt,
    message,
  };
}

function messageFacts(
  { message, sender, operation, context, tracking, tracked, given }: IdentifiedMessage,
  recipient: Address,
  location: MailLocation | undefined,
): MessageFacts {
  const { identity, identityOwner, configurationSet } = sender;
  const isp = ispOf(recipient.domain);
  const destination = message.recipients.map(({ address }) => address.address);
  return {
    source: message.from.address,
    subject: message.subject,
    isp,
    identity,
    identityOwner: identityOwner && { scope: identityOwner.id, accountId: identityOwner.accountId },
    configurationSet,
    tenant: message.tenantName,
    template: message.templateName,
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
    feedbackAddress: message.feedbackAddress?.address,
    smimeSender: smimeSenderOf(message, sender),
    inSesScope: destination.length === 1 && !isSimulated(recipient),
    feedbackLoop: hasFeedbackLoop(isp),
    openTracked: tracking?.opens === true && tracked?.opens === true,
    clickTracked: tracking?.clicks === true && tracked?.clicks === true,
    given,
  };
}

/**
 * The address whose certificate signs the mail: the one in From, which mail readers compare with the certificate. Mail
 * with several has no single signer.
 */
function smimeSenderOf({ from, fromHeader }: PreparedMessage, { options }: Sender): string | undefined {
  if (!options?.signingScheme?.SmimeScheme || fromHeader.length > 1) return undefined;
  return mailboxOf(fromHeader[0] ?? from);
}

function queue(
  { message, sender, tracking, scope, messageId, sentAt, location }: WrittenMessage,
  going: readonly { address: Address; index: number }[],
  { maxSeconds }: SendingServices["delivery"],
): NewQueuedMail[] {
  const { deliveryOptions } = sender.options ?? {};
  const seconds = deliveryOptions?.MaxDeliverySeconds ?? maxSeconds;
  const envelope = {
    location,
    identity: sender.identity,
    identityScope: sender.identityOwner?.id,
    fromDomain: message.fromHeader[0]?.domain ?? message.from.domain,
    tenant: message.tenantName,
    tlsRequired: deliveryOptions?.TlsPolicy === "REQUIRE",
    recipients: going.length,
    tracking: message.hasHtml ? tracking : undefined,
    smimeSender: smimeSenderOf(message, sender),
  };
  return going.map(({ address, index }) => ({
    scope,
    messageId,
    recipient: address.address,
    recipientIndex: index,
    domain: address.domain,
    configurationSet: sender.configurationSet,
    sentAt,
    expiresAt: new Date(sentAt.getTime() + seconds * 1000),
    envelope,
  }));
}
