/**
 * Classifies incoming mail as a bounce, a delay, a delivery, a complaint, an automatic reply or none of these, with the
 * status of each recipient.
 *
 * - A report's machine-readable part (RFC 3464, RFC 5965) takes precedence; the text supplements it.
 * - Without such a part, mail is a bounce if two of three signs agree: the sender, the subject and the wording.
 * - Tables (rules.ts) determine the reason, the same for quoted replies and for replies to our own SMTP client.
 *
 * Pure and bounded: any input has a result, in linear time.
 */
import { htmlText } from "../html-text.ts";
import { field, type LenientMail, type LenientPart, type MailBounds, readLenientMail } from "../lenient-mime.ts";
import { fieldText } from "../lenient-text.ts";
import { type FeedbackReport, informalComplaint, parseFeedbackReport } from "./arf.ts";
import { isAutoReply } from "./auto-reply.ts";
import { type DeliveryStatus, parseDeliveryStatus } from "./dsn.ts";
import { findReply } from "./enhanced-status.ts";
import { isOfList } from "./mailing-list.ts";
import { type OriginalMessage, originalOfPart, originalOfText } from "./original-message.ts";
import {
  namesRecipients,
  type ReportedRecipient,
  type ReportMail,
  recipientsOfStatus,
  recipientsOfText,
} from "./reported-recipient.ts";
import { parseSesComplaint, parseSesNotification } from "./ses-notification.ts";
import {
  divideText,
  isNoticeSubject,
  isQueueNotice,
  isReportSubject,
  isSystemSender,
  opensAsSystem,
  speaksOfArrival,
  speaksOfFailure,
} from "./text-report.ts";

export type ReturnedMail =
  | { readonly kind: "none" | "auto-reply"; readonly original: undefined }
  | {
      /** `delay`: the mail is still being retried; `delivery`: it arrived at all recipients. */
      readonly kind: "bounce" | "delay" | "delivery";
      readonly recipients: readonly ReportedRecipient[];
      readonly reportingMta: string | undefined;
      /** As the report writes it. */
      readonly arrivalDate: string | undefined;
      readonly original: OriginalMessage | undefined;
    }
  | { readonly kind: "complaint"; readonly report: FeedbackReport; readonly original: OriginalMessage | undefined };

/** How much of a mail is read, in bytes. Reports precede the message they return. */
export const maxMailBytes = 1024 * 1024;

const bounds: MailBounds = {
  bytes: maxMailBytes,
  headerBytes: 256 * 1024,
  fields: 300,
  value: 16 * 1024,
  parts: 100,
  depth: 8,
  text: 128 * 1024,
};

/** Classifies a mail by its first megabyte. Never throws. */
export function classifyMail(bytes: Uint8Array): ReturnedMail {
  return classify(readLenientMail(bytes, bounds), true);
}

/** @param wrapped whether to look for a report inside this one, as gateways wrap them. */
function classify(mail: LenientMail, wrapped: boolean): ReturnedMail {
  const subject = fieldText(field(mail.fields, "subject") ?? "");
  if (isForwarded(mail))
    return { kind: isAutoReply(mail.fields, subject) ? "auto-reply" : "none", original: undefined };
  const original = originalOfParts(mail.parts);
  const text = reportText(mail);
  const complaint = readComplaint(mail, subject, original) ?? complaintOfTopic(mail, text);
  if (complaint !== undefined) return complaint;
  const { report, original: rest } = divideText(text);
  const known = original ?? originalOfText(rest);
  const status = statusOfParts(mail.parts) ?? statusOfTopic(mail, text);
  const carrier = { fields: mail.fields, subject, text: report, original: known };
  if (status !== undefined) return ofStatus(status, carrier);
  // A reply to a mail isn't from a mail system, whatever it quotes.
  const system = isSystem(mail) || (opensAsSystem(report) && !isReply(subject));
  const answers = !system && isAutoReply(mail.fields, subject);
  const signs = { subject, system, known: known !== undefined };
  if (!answers && looksLikeBounce(mail, { ...signs, report: system ? report : unquoted(report) })) {
    const written = parseDeliveryStatus(report);
    if (written !== undefined) return ofStatus(written, carrier);
    const inner = wrapped ? wrappedReport(mail.parts) : undefined;
    if (inner !== undefined) return inner;
    const recipients = recipientsOfText(carrier);
    const kind = recipients.every((one) => one.action === "delayed") ? "delay" : "bounce";
    return { kind, recipients, reportingMta: undefined, arrivalDate: undefined, original: known };
  }
  return { kind: isAutoReply(mail.fields, subject) ? "auto-reply" : "none", original: undefined };
}

function readComplaint(
  mail: LenientMail,
  subject: string,
  original: OriginalMessage | undefined,
): ReturnedMail | undefined {
  const declared = /report-type="?feedback-report/i.test(field(mail.fields, "content-type") ?? "");
  for (const part of mail.parts) {
    // Some mailers label the part as text; the header of the mail still declares a feedback report.
    const isText = part.type.startsWith("text/");
    // Without MIME, the report is the whole text, from its first line.
    const isFlat = isText && mail.parts.length === 1 && /^\s{0,20}feedback-type:/i.test(part.text().slice(0, 100));
    if (part.type !== "message/feedback-report" && !(declared && isText) && !isFlat) continue;
    const report = parseFeedbackReport(part.text());
    if (report !== undefined) return { kind: "complaint", report: withRecipient(report, original), original };
  }
  const from = field(mail.fields, "from") ?? "";
  const first = mail.parts.find((part) => part.type.startsWith("text/"))?.text() ?? "";
  const report = informalComplaint(from, subject, first.slice(0, 2000));
  return report === undefined ? undefined : { kind: "complaint", report: withRecipient(report, original), original };
}

/** If the report withholds the recipient who complained, takes it from the message's To, unless that is redacted. */
function withRecipient(report: FeedbackReport, original: OriginalMessage | undefined): FeedbackReport {
  // Microsoft adds the recipient to the message in an extension field.
  const said = original?.extensionFields["x-hmxmroriginalrecipient"] ?? original?.to ?? "";
  const to = /[^\s<>"(),;:]{1,128}@[^\s<>"(),;:@]{1,255}/.exec(said.slice(0, 2000))?.[0];
  return report.recipients.length > 0 || to === undefined ? report : { ...report, recipients: [to] };
}

function statusOfParts(parts: readonly LenientPart[]): DeliveryStatus | undefined {
  for (const part of parts) {
    if (!/^(?:message\/(?:global-)?delivery-status|text\/delivery-status)$/.test(part.type)) continue;
    const status = parseDeliveryStatus(part.text());
    if (status !== undefined) return status;
  }
  return undefined;
}

function statusOfTopic(mail: LenientMail, text: string): DeliveryStatus | undefined {
  return isOfTopic(mail) ? parseSesNotification(text) : undefined;
}

function complaintOfTopic(mail: LenientMail, text: string): ReturnedMail | undefined {
  const report = isOfTopic(mail) ? parseSesComplaint(text) : undefined;
  return report === undefined ? undefined : { kind: "complaint", report, original: undefined };
}

/** Whether an SNS topic sent the mail to its subscriber. */
function isOfTopic({ fields }: LenientMail): boolean {
  return field(fields, "x-amz-sns-message-id") !== undefined || /@sns\./.test(field(fields, "from") ?? "");
}

/** Whether the mail is nothing but another mail, which someone else sent. */
function isForwarded({ fields }: LenientMail): boolean {
  return /^\s{0,80}(?:message\/(?:rfc822|global|partial|external-body)|multipart\/digest)\b/i.test(
    field(fields, "content-type") ?? "",
  );
}

function ofStatus(status: DeliveryStatus, carrier: ReportMail): ReturnedMail {
  const recipients = recipientsOfStatus(status, carrier);
  const failed = recipients.some((one) => one.action !== "delayed" && !isArrival(one.action));
  const delayed = recipients.some((one) => one.action === "delayed");
  const kind = failed ? "bounce" : delayed ? "delay" : "delivery";
  return {
    kind,
    recipients: failed ? recipients.filter((one) => !isArrival(one.action)) : recipients,
    reportingMta: status.reportingMta,
    arrivalDate: status.arrivalDate,
    original: carrier.original,
  };
}

/** The report that a gateway wrapped in its own notice: it is more detailed. */
function wrappedReport(parts: readonly LenientPart[]): ReturnedMail | undefined {
  const part = parts.find(({ type }) => type === "message/rfc822");
  const inner = part === undefined ? undefined : readLenientMail(part.body(), bounds);
  if (inner === undefined || !inner.parts.some(({ type }) => type === "message/delivery-status")) return undefined;
  const found = classify(inner, false);
  return found.kind === "bounce" || found.kind === "delay" ? found : undefined;
}

/** RFC 3464, 2.3.3: the mail arrived, or was relayed to a system that may not send reports. */
function isArrival(action: string | undefined): boolean {
  return action === "delivered" || action === "relayed" || action === "expanded" || action === "deliverable";
}

function isSystem(mail: LenientMail): boolean {
  return isSystemSender(field(mail.fields, "from") ?? "") || field(mail.fields, "return-path") === "<>";
}

/** Removes quoted lines. */
function unquoted(text: string): string {
  return text.replace(/^>[^\n]{0,4000}/gm, "");
}

/** Whether a person or a mailing list wrote the mail, for example to discuss or answer a bounce. */
function isOfPeople(mail: LenientMail, subject: string): boolean {
  // A ticket: [Ticket#123], (Issue #12).
  const isTicket = /[[(][a-z :-]{0,20}#[ :]{0,2}\d{1,20}[\])]/i.test(subject.slice(0, 500));
  return isOfList(mail.fields) || isTicket || isReply(subject);
}

/** Whether a postmaster wrote to a mailing list. A daemon doesn't, though its mail may have come through one. */
function isOfPostmaster(mail: LenientMail, known: boolean): boolean {
  const isDaemon = /daemon|<>/i.test(field(mail.fields, "from") ?? "");
  return !known && !isDaemon && field(mail.fields, "list-unsubscribe") !== undefined;
}

function isReply(subject: string): boolean {
  return /^(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw|odp|ynt|enc|res|rif|vl|回复|转发|答复|返信|転送)[ \t]{0,3}(?:\[\d{1,3}\])?[:\uff1a]/i.test(
    subject.trim(),
  );
}

/** Whether a program wrote a mail, by its header: people who discuss bounces use the wording of mailers. */
function isAutomatic(mail: LenientMail): boolean {
  return (
    /^auto/i.test(field(mail.fields, "auto-submitted") ?? "") ||
    ["precedence", "x-loop", "x-mlserver"].some((name) => field(mail.fields, name) !== undefined) ||
    /(?:no|not)[-_.]?reply|admin|daemon|system|robot|bounce|owner|request|server|gateway|mailer|delivery/i.test(
      field(mail.fields, "from") ?? "",
    )
  );
}

/** What identifies a bounce besides its header fields. */
interface BounceSigns {
  readonly subject: string;
  readonly report: string;
  /** Whether a mail system sent the mail. */
  readonly system: boolean;
  /** Whether the mail returns a message. */
  readonly known: boolean;
}

function looksLikeBounce(mail: LenientMail, { subject, report, system, known }: BounceSigns): boolean {
  if (isQueueNotice(subject, report)) return false;
  if (field(mail.fields, "x-failed-recipients") !== undefined) return true;
  if (system ? isNoticeSubject(subject) : isOfPeople(mail, subject)) return false;
  if (!system && !known && !isAutomatic(mail)) return false;
  const tells = known || findReply(report) !== undefined || namesRecipients(report, mail.fields, system);
  const told = isReportSubject(subject) && !isReply(subject);
  if ((!tells && !(system && told)) || speaksOfArrival(report)) return false;
  // Postmasters also write replies in person and quote codes.
  const quotes = system && !isReply(subject) && findReply(report.slice(0, 4000)) !== undefined;
  const speaks = speaksOfFailure(report) || quotes;
  return [system, told, speaks].filter((one) => one).length >= (isOfPostmaster(mail, known) ? 3 : 2);
}

/** The human-readable text of the mail: its text parts, or else its HTML as text. */
function reportText(mail: LenientMail): string {
  const plain = mail.parts.filter((part) => part.type === "text/plain" || part.type === "text" || part.type === "");
  if (plain.length > 0) return plain.map((part) => part.text()).join("\n");
  return mail.parts
    .filter((part) => part.type === "text/html")
    .map((part) => htmlText(part.text()))
    .join("\n");
}

function originalOfParts(parts: readonly LenientPart[]): OriginalMessage | undefined {
  const part = parts.find(({ type }) =>
    /^(?:message\/(?:rfc822|global|partial|rfc822-headers|global-headers)|text\/rfc822-headers)$/.test(type),
  );
  return part === undefined ? undefined : originalOfPart(part);
}
