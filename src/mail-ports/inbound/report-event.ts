/** Converts a returned mail to a BOUNCE, COMPLAINT or DELIVERY_DELAY event, worded as in SES (facts 6.2, 7.3). Pure. */
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { oneLine } from "../../common/one-line.ts";
import type { BounceEvent, ComplaintEvent, DeliveryDelayEvent, Distrusted } from "../../events/event.ts";
import { createMessageId } from "../../events/message-id.ts";
import type { ReportedRecipient } from "../../mail/bounce/reported-recipient.ts";
import type { ReturnedMail } from "../../mail/bounce/returned-mail.ts";
import { field, readTextHeader } from "../../mail/lenient-mime.ts";

/** The message and recipient that a report is about, and the report's ID and time. */
export interface ReportedMessage {
  readonly scope: number;
  readonly messageId: string;
  readonly sentAt: Date;
  readonly recipient: string;
  /** See `reportId`. */
  readonly id: string;
  /** When the report arrived. */
  readonly at: Date;
}

/** How a report came. */
export interface ReportOrigin {
  /** The envelope sender is empty, as that of every bounce (RFC 5321, 4.5.5; RFC 3464, 2). */
  readonly nullSender: boolean;
  /** Whether it has a DKIM signature that is not valid. */
  readonly forged: boolean;
}

/** The assumed retry period of other servers (RFC 5321, 4.5.4.1), in milliseconds. */
const usualRetryMs = 5 * 24 * 3600_000;

/**
 * In milliseconds: no server tries for longer (RFC 5321, 4.5.4.1 asks for 4 or 5 days). A return path stays known for
 * as long as someone keeps the mail, and a server's bounce doesn't come so late.
 */
const latestBounceMs = 14 * 24 * 3600_000;

/** The event of a returned mail, or undefined if it reports none. It is always about `message`, whoever it names. */
export function reportEvent(
  mail: ReturnedMail,
  message: ReportedMessage,
  origin: ReportOrigin = { nullSender: true, forged: false },
): BounceEvent | ComplaintEvent | DeliveryDelayEvent | undefined {
  const { at } = message;
  switch (mail.kind) {
    case "bounce": {
      const reported = recipientOf(mail.recipients, message.recipient);
      const bounceType = reported?.bounceType ?? "Undetermined";
      return {
        ...message,
        type: "BOUNCE",
        bounceType,
        bounceSubType: reported?.bounceSubType ?? "Undetermined",
        feedbackId: createMessageId(at),
        ...given("guessed", reported?.guessed),
        ...given("distrusted", distrustedBounce(mail.recipients, message, origin)),
        ...given("action", reported?.action ?? "failed"),
        ...given("status", reported?.status),
        ...given("diagnosticCode", diagnosticOf(reported)),
        ...given("reportingMta", mail.reportingMta && `dns; ${oneLine(mail.reportingMta, 255)}`),
        ...given("remoteMtaIp", addressIn(reported?.remoteMta)),
      };
    }
    // SES reports out-of-office replies as bounces.
    case "auto-reply":
      return {
        ...message,
        type: "BOUNCE",
        bounceType: "Transient",
        bounceSubType: "General",
        feedbackId: createMessageId(at),
      };
    case "delay": {
      const reported = recipientOf(mail.recipients, message.recipient);
      const expires = Math.max(at.getTime(), message.sentAt.getTime() + usualRetryMs);
      return {
        ...message,
        type: "DELIVERY_DELAY",
        delayType: reported?.delayType ?? "Undetermined",
        expirationTime: new Date(expires),
        ...given("status", reported?.status),
        ...given("diagnosticCode", diagnosticOf(reported)),
        ...given("reportingMta", mail.reportingMta && oneLine(mail.reportingMta, 255)),
      };
    }
    case "complaint":
      return {
        ...message,
        type: "COMPLAINT",
        feedbackId: createMessageId(at),
        ...given("distrusted", origin.forged ? "signature" : undefined),
        complaintFeedbackType: feedbackTypes.has(mail.report.feedbackType) ? mail.report.feedbackType : "other",
        ...given("userAgent", mail.report.userAgent && oneLine(mail.report.userAgent, 256)),
        arrivalDate: arrivalDate(mail.report.arrivalDate, message),
      };
    case "delivery":
    case "none":
      return undefined;
  }
}

/** SES's list (facts 6.3): IANA's, without the types that are not complaints by a recipient. */
const feedbackTypes = new Set(["abuse", "auth-failure", "fraud", "not-spam", "other", "virus"]);

/**
 * The event ID of a report. A repeated report has the same ID, so that it counts once. A resent mail keeps its
 * Message-ID and Date, while other lines may change on the way.
 */
export function reportId(kind: ReturnedMail["kind"], returnPathToken: string, bytes: Buffer): string {
  const header = readTextHeader(bytes.toString("latin1", 0, 64 * 1024).replaceAll("\r\n", "\n"));
  const messageId = field(header, "message-id");
  const hash = createHash("sha256").update(`${kind}\n${returnPathToken.toLowerCase()}\n`);
  if (messageId) hash.update(`${messageId}\n${field(header, "date") ?? ""}`);
  else hash.update(bytes);
  const digest = hash.digest();
  // RFC 9562, 5.8: version 8, variant 10.
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whether an event's ID was created by `reportId`. Other event IDs are random UUIDs, which have another version. */
export function isReportId(id: string): boolean {
  return id[14] === "8";
}

/** Why a bounce is not trusted; undefined if it is. */
function distrustedBounce(
  recipients: readonly ReportedRecipient[],
  { recipient, sentAt, at }: ReportedMessage,
  { nullSender, forged }: ReportOrigin,
): Distrusted | undefined {
  if (!nullSender) return "sender";
  if (forged) return "signature";
  if (at.getTime() - sentAt.getTime() > latestBounceMs) return "late";
  // Another address may be one that the recipient forwards mail to: the recipient's own may be fine.
  const names = recipientOf(recipients, recipient);
  return names === undefined || names.address === undefined || isOf(names, recipient) ? undefined : "other-recipient";
}

/** The report's entry for this recipient or, if the mail was forwarded, for the address that it was forwarded to. */
function recipientOf(recipients: readonly ReportedRecipient[], address: string): ReportedRecipient | undefined {
  return (
    recipients.find((one) => isSame(one.address, address)) ??
    recipients.find((one) => isSame(one.originalRecipient, address)) ??
    recipients[0]
  );
}

function isOf({ address, originalRecipient }: ReportedRecipient, wanted: string): boolean {
  return isSame(address, wanted) || isSame(originalRecipient, wanted);
}

function isSame(one: string | undefined, other: string): boolean {
  return one !== undefined && comparable(one) === comparable(other);
}

/** Without case, quotes and xtext (RFC 3461, 4), with the domain in ASCII: servers rewrite these. */
function comparable(address: string): string {
  const plain = address
    .replace(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .toLowerCase();
  const at = plain.lastIndexOf("@");
  const domain = plain.slice(at + 1).replace(/\.$/, "");
  return `${plain.slice(0, Math.max(0, at)).replace(/["\\]/g, "")}@${domainToASCII(domain) || domain}`;
}

function diagnosticOf(reported: ReportedRecipient | undefined): string | undefined {
  const text = reported?.diagnosticCode && oneLine(reported.diagnosticCode, 2000);
  return text ? `smtp; ${text}` : undefined;
}

/** Some servers add the IP address to the name: `mx.example.com (192.0.2.1)`. */
function addressIn(remoteMta: string | undefined): string | undefined {
  return remoteMta
    ?.slice(0, 500)
    .split(/[\s()[\],;]/)
    .map((word) => word.replace(/^IPv6:/i, ""))
    .find((word) => isIP(word) !== 0);
}

/** When the provider received the complaint, if the report's date is plausible: not before the mail, not after now. */
function arrivalDate(text: string | undefined, { at, sentAt }: ReportedMessage): Date {
  const told = Date.parse(text?.slice(0, 100) ?? "");
  return told >= sentAt.getTime() - 24 * 3600_000 && told <= at.getTime() ? new Date(told) : at;
}

/** An object with one member, or without it if the value is undefined or empty. */
function given<Name extends string, Value>(name: Name, value: Value | undefined | ""): { [Key in Name]?: Value };
function given(name: string, value: unknown): object {
  return value === undefined || value === "" ? {} : { [name]: value };
}
