/** What a try to deliver is told as: DELIVERY, BOUNCE or DELIVERY_DELAY, as SES words them (facts 7.3). */
import { randomUUID } from "node:crypto";
import type { BounceEvent, DeliveryDelayEvent, DeliveryEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import { classifyReply } from "../../mail/bounce/reply.ts";
import type { Failure, SmtpReply } from "../transport.ts";

/** The message and recipient that a try was for. */
export interface TriedMail {
  readonly messageId: string;
  readonly sentAt: Date;
  readonly recipient: string;
  readonly expiresAt: Date;
}

/** When the try ended, and the name of this server. */
export interface TryEnd {
  readonly at: Date;
  readonly hostname: string;
}

const stageCommands = {
  route: undefined,
  connect: undefined,
  greeting: undefined,
  ehlo: "EHLO",
  tls: undefined,
  auth: undefined,
  mail: "MAIL",
  rcpt: "RCPT",
  data: "DATA",
  body: "DATA",
} as const;

/** The other side took it. */
export function deliveryEvent(
  mail: TriedMail,
  reply: SmtpReply,
  remoteMtaIp: string,
  { at, hostname }: TryEnd,
): DeliveryEvent {
  return {
    ...baseOf(mail, at),
    type: "DELIVERY",
    smtpResponse: replyText(reply),
    // A clock that was set back makes no negative time.
    processingTimeMillis: Math.max(0, at.getTime() - mail.sentAt.getTime()),
    reportingMta: hostname,
    remoteMtaIp,
  };
}

/** It will be tried again. */
export function delayEvent(mail: TriedMail, failure: Failure, { at, hostname }: TryEnd): DeliveryDelayEvent {
  return {
    ...baseOf(mail, at),
    type: "DELIVERY_DELAY",
    delayType: classOf(failure, mail).delayType,
    expirationTime: mail.expiresAt,
    status: failure.status,
    diagnosticCode: diagnosticOf(failure),
    reportingMta: hostname,
  };
}

/** It was refused for good. */
export function refusalEvent(mail: TriedMail, failure: Failure, end: TryEnd): BounceEvent {
  const { bounceType, bounceSubType, guessed } = classOf(failure, mail);
  const kind = { bounceType, bounceSubType, guessed };
  const diagnosticCode = diagnosticOf(failure);
  return bounceEvent(mail, { ...kind, status: failure.status, diagnosticCode, host: failure.host }, end);
}

/**
 * It was tried for as long as it may be. The last failure says what kind of transient bounce it is; time that a
 * configuration set made shorter is SES's `CustomTimeoutExceeded`.
 */
export function expiryEvent(
  mail: TriedMail,
  last: { status: string; diagnostic: string; failure?: Failure | undefined },
  customTimeout: boolean,
  end: TryEnd,
): BounceEvent {
  const subType = last.failure && classOf(last.failure, mail).bounceSubType;
  const transient = subType === "MailboxFull" || subType === "MessageTooLarge" || subType === "ContentRejected";
  const bounceSubType = customTimeout ? "CustomTimeoutExceeded" : transient ? subType : "General";
  const diagnosticCode = `smtp; 550 4.4.7 Message expired: unable to deliver in time. Last: ${withoutType(last.diagnostic)}`;
  const kind = { bounceType: "Transient", bounceSubType } as const;
  return bounceEvent(mail, { ...kind, status: "4.4.7", diagnosticCode, host: last.failure?.host }, end);
}

/** `smtp; 550 5.1.1 user unknown`, or what this side found where the other said nothing. */
export function diagnosticOf(failure: Failure): string {
  return `smtp; ${failure.reply ? replyText(failure.reply) : failure.message}`;
}

function withoutType(diagnostic: string): string {
  return diagnostic.replace(/^smtp; /, "");
}

function replyText({ code, status, text }: SmtpReply): string {
  return [code, status, text].filter((part) => part !== undefined && part !== "").join(" ");
}

function classOf(failure: Failure, mail: TriedMail) {
  const { reply } = failure;
  return classifyReply({
    code: reply && String(reply.code),
    status: reply ? reply.status : failure.status,
    text: reply?.text ?? failure.message,
    host: failure.host?.name ?? mail.recipient.slice(mail.recipient.lastIndexOf("@") + 1),
    command: stageCommands[failure.stage],
  });
}

function baseOf({ messageId, sentAt, recipient }: TriedMail, at: Date) {
  return { id: randomUUID(), messageId, sentAt, recipient, at };
}

/** What a bounce says; `host` is the server that refused it. */
interface BounceDetails
  extends Pick<BounceEvent, "bounceType" | "bounceSubType" | "guessed" | "status" | "diagnosticCode"> {
  readonly host: Failure["host"];
}

function bounceEvent(mail: TriedMail, { host, ...details }: BounceDetails, { at, hostname }: TryEnd): BounceEvent {
  return {
    ...baseOf(mail, at),
    type: "BOUNCE",
    ...details,
    feedbackId: createMessageId(at),
    action: "failed",
    reportingMta: `dns; ${hostname}`,
    ...(host ? { remoteMtaIp: host.address } : {}),
  };
}
