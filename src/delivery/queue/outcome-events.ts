/** Creates the event of a delivery attempt: DELIVERY, BOUNCE or DELIVERY_DELAY, worded as in SES (facts 7.3). */
import { randomUUID } from "node:crypto";
import type { BounceEvent, DeliveryDelayEvent, DeliveryEvent } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import { classifyReply } from "../../mail/bounce/reply.ts";
import type { Failure, SmtpReply } from "../transport.ts";

/** The message and recipient of a delivery attempt. */
export interface TriedMail {
  readonly scope: number;
  readonly messageId: string;
  readonly sentAt: Date;
  readonly recipient: string;
  readonly expiresAt: Date;
}

/** When the attempt ended, and the name of this server. */
export interface TryEnd {
  readonly at: Date;
  readonly hostname: string;
}

/** Until MAIL, a reply is about this server, as one to EHLO is. */
const stageCommands = {
  route: undefined,
  connect: undefined,
  greeting: "EHLO",
  ehlo: "EHLO",
  tls: "EHLO",
  auth: "EHLO",
  mail: "MAIL",
  rcpt: "RCPT",
  data: "DATA",
  body: "DATA",
} as const;

/** The remote server accepted the message. */
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
    // The clock may have been set back.
    processingTimeMillis: Math.max(0, at.getTime() - mail.sentAt.getTime()),
    reportingMta: hostname,
    remoteMtaIp,
  };
}

/** The message will be retried. */
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

/** The message failed permanently. */
export function refusalEvent(mail: TriedMail, failure: Failure, end: TryEnd): BounceEvent {
  const { bounceType, bounceSubType, guessed } = classOf(failure, mail);
  const kind = { bounceType, bounceSubType, guessed };
  const diagnosticCode = diagnosticOf(failure);
  return bounceEvent(mail, { ...kind, status: failure.status, diagnosticCode, host: failure.host }, end);
}

/**
 * The message expired. The last failure determines the kind of transient bounce. `customTimeout`: a configuration set
 * shortened the delivery time, which SES reports as `CustomTimeoutExceeded`.
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

/** Such as `smtp; 550 5.1.1 user unknown`, or the failure's own message if the server sent no reply. */
export function diagnosticOf(failure: Failure): string {
  return `smtp; ${failure.reply ? replyText(failure.reply) : failure.message}`;
}

function withoutType(diagnostic: string): string {
  return diagnostic.replace(/^smtp; /, "");
}

function replyText({ code, status, text }: SmtpReply): string {
  return [code, status, text].filter((part) => part !== undefined && part !== "").join(" ");
}

/** Our own failures are classified by their status alone: their texts are for people and aren't in the rules. */
function classOf({ reply, status, host, stage }: Failure, mail: TriedMail) {
  if (reply === undefined) return classifyReply({ status, text: "" });
  return classifyReply({
    code: String(reply.code),
    status: reply.status,
    text: reply.text,
    host: host?.name ?? mail.recipient.slice(mail.recipient.lastIndexOf("@") + 1),
    command: stageCommands[stage],
  });
}

function baseOf({ scope, messageId, sentAt, recipient }: TriedMail, at: Date) {
  return { id: randomUUID(), scope, messageId, sentAt, recipient, at };
}

/** The details of a bounce. `host` is the server that refused the message. */
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
