/** Makes events that callers ask for, as real ones would be, and records them for a message. */
import { randomUUID } from "node:crypto";
import type { OutcomeEvent } from "../admin-api/faults.ts";
import type { ForwardFeedback } from "../delivery/feedback/forward-feedback.ts";
import { type EventStores, findSentMessage } from "../delivery/sent-message.ts";
import type { BounceEvent, MailEvent } from "../events/event.ts";
import { byRecipient, readHistory } from "../events/history.ts";
import { createMessageId } from "../events/message-id.ts";
import type { Outbox } from "../events/outbox.ts";
import { badContentReason } from "../mail/content-scan.ts";
import { machineOf } from "../recipients/tracking/machine.ts";
import type { AskedEvent } from "./event-input.ts";
import { FaultError } from "./fault-error.ts";

/** The message and recipient of an event. */
export interface EventSubject {
  readonly scope: number;
  readonly messageId: string;
  readonly sentAt: Date;
  readonly recipient: string;
}

export interface EventTexts {
  /** The server's name, as the reporting MTA. */
  readonly hostname: string;
  /** How long delivery is attempted, in seconds. */
  readonly maxDeliverySeconds: number;
}

/** A person's. */
const browser =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const ownAddress = "127.0.0.1";

/** What servers say with a bounce, by its subtype. */
const usualReplies: Readonly<Record<string, { status: string; text: string }>> = {
  "Permanent General": { status: "5.1.1", text: "550 5.1.1 user unknown" },
  "Permanent NoEmail": { status: "5.1.1", text: "550 5.1.1 the mailbox does not exist" },
  "Transient General": { status: "4.4.7", text: "451 4.3.0 temporary failure" },
  "Transient MailboxFull": { status: "5.2.2", text: "552 5.2.2 mailbox full" },
  "Transient MessageTooLarge": { status: "5.3.4", text: "552 5.3.4 message too large" },
  "Transient ContentRejected": { status: "5.7.1", text: "550 5.7.1 content rejected" },
  "Transient AttachmentRejected": { status: "5.7.1", text: "552 5.7.1 attachment rejected" },
  "Transient CustomTimeoutExceeded": { status: "4.4.7", text: "550 4.4.7 message expired" },
};
const suppressedReply = { status: "5.1.1", text: "550 5.1.1 the address is suppressed" };
const delayReply = { status: "4.4.1", text: "451 4.4.1 try again later" };

/** The event, with the time `at`. */
export function eventOf(asked: OutcomeEvent, subject: EventSubject, at: Date, texts: EventTexts): MailEvent {
  const base = { ...subject, id: randomUUID(), at };
  switch (asked.type) {
    case "BOUNCE":
      return { ...base, ...bounceDetails(asked, at, texts) };
    case "COMPLAINT":
      return {
        ...base,
        type: "COMPLAINT",
        feedbackId: createMessageId(at),
        complaintFeedbackType: asked.feedbackType ?? "abuse",
        ...(asked.userAgent !== undefined && { userAgent: asked.userAgent }),
        arrivalDate: at,
      };
    case "DELIVERY":
      return {
        ...base,
        type: "DELIVERY",
        smtpResponse: asked.smtpResponse ?? "250 2.0.0 Ok",
        processingTimeMillis: Math.max(0, at.getTime() - subject.sentAt.getTime()),
        reportingMta: texts.hostname,
      };
    case "DELIVERY_DELAY": {
      const expires = subject.sentAt.getTime() + texts.maxDeliverySeconds * 1000;
      return {
        ...base,
        type: "DELIVERY_DELAY",
        delayType: asked.delayType ?? "TransientCommunicationFailure",
        expirationTime: new Date(Math.max(at.getTime(), expires)),
        status: asked.status ?? delayReply.status,
        diagnosticCode: diagnosticOf(asked.diagnostic ?? delayReply.text),
        reportingMta: texts.hostname,
      };
    }
    case "OPEN":
      return { ...base, type: "OPEN", ...clientOf(asked) };
    case "CLICK":
      return { ...base, type: "CLICK", link: asked.link ?? "", linkTags: asked.linkTags, ...clientOf(asked) };
    case "REJECT":
      return { ...base, type: "REJECT", reason: asked.reason ?? badContentReason };
    case "RENDERING_FAILURE":
      return {
        ...base,
        type: "RENDERING_FAILURE",
        errorMessage: asked.errorMessage ?? "Attribute 'name' is not present in the rendering data.",
        templateName: asked.templateName ?? "template",
      };
  }
}

function bounceDetails(
  { bounceType = "Permanent", bounceSubType = "General", status, diagnostic }: OutcomeEvent,
  at: Date,
  { hostname }: EventTexts,
): Pick<BounceEvent, "type" | "bounceType" | "bounceSubType" | "feedbackId"> & Partial<BounceEvent> {
  const kind = { type: "BOUNCE", bounceType, bounceSubType, feedbackId: createMessageId(at) } as const;
  const usual =
    usualReplies[`${bounceType} ${bounceSubType}`] ?? (bounceType === "Permanent" ? suppressedReply : undefined);
  // Like an out-of-office reply, what SES can't determine has no delivery status.
  if (!usual && status === undefined && diagnostic === undefined) return kind;
  const told = diagnostic ?? usual?.text;
  return {
    ...kind,
    action: "failed",
    ...((status ?? usual) && { status: status ?? usual?.status }),
    ...(told !== undefined && { diagnosticCode: diagnosticOf(told) }),
    reportingMta: `dns; ${hostname}`,
  };
}

/** With the type of RFC 3464, 2.3.6, unless it has one. */
function diagnosticOf(text: string): string {
  return /^[\w.-]+;/.test(text) ? text : `smtp; ${text}`;
}

function clientOf({ userAgent = browser, ipAddress = ownAddress }: OutcomeEvent) {
  return { ipAddress, userAgent, machine: machineOf({ headers: { "user-agent": userAgent } }) };
}

export interface OnDemandServices extends EventTexts {
  stores: EventStores;
  outbox: Pick<Outbox, "record">;
  /** Forwards bounces and complaints to the sender by mail; undefined where no mail leaves. */
  forwardFeedback: ForwardFeedback | undefined;
  clock: () => Date;
}

/** Clocks of callers on this machine may round up. */
const toleranceMs = 1_000;

/**
 * Records an event of a message as if it had happened; resolves to it once it is committed, or to undefined if there is
 * no such message in the scope.
 * @param scope undefined for all
 * @throws FaultError if the message has no such recipient, or for an impossible time
 */
export async function recordOnDemand(
  services: OnDemandServices,
  { scope, messageId }: { scope: number | undefined; messageId: string },
  { recipient: named, at: asked, event: details }: AskedEvent,
): Promise<MailEvent | undefined> {
  const { stores, outbox, forwardFeedback, clock } = services;
  const history = await readHistory(stores, messageId, scope);
  const recipients = [...byRecipient(history.filter(({ type }) => type === "SEND")).keys()];
  if (recipients.length === 0) return undefined;
  const sent = await findSentMessage(stores, messageId, recipientOf(recipients, named));
  if (!sent) return undefined;
  const now = clock();
  const at = asked ?? new Date(Math.max(now.getTime(), sent.sentAt.getTime()));
  if (at < sent.sentAt || at.getTime() > Math.max(now.getTime(), sent.sentAt.getTime()) + toleranceMs) {
    throw new FaultError(
      `at must be between the time of sending, ${sent.sentAt.toISOString()}, and the present, ${now.toISOString()}; PUT /testing/clock moves the latter.`,
    );
  }
  const { sentAt, recipient, configurationSet, tenant, identityScope } = sent;
  const event = eventOf(details, { scope: sent.scope, messageId, sentAt, recipient }, at, services);
  await outbox.record([event], { scope: sent.scope, configurationSet, tenant, identityScope });
  if (event.type === "BOUNCE" || event.type === "COMPLAINT") await forwardFeedback?.(event, { sent });
  return event;
}

function recipientOf(recipients: readonly string[], named: string | undefined): string {
  const [first, second] = recipients;
  if (named === undefined && first !== undefined && second === undefined) return first;
  const found =
    recipients.find((one) => one === named) ?? recipients.find((one) => one.toLowerCase() === named?.toLowerCase());
  if (found !== undefined) return found;
  const some = recipients.slice(0, 10).join(", ");
  throw new FaultError(
    named === undefined
      ? `The message has several recipients: name one of them as recipient: ${some}.`
      : `The message has no recipient ${JSON.stringify(named.slice(0, 100))}. It has ${some}.`,
  );
}
