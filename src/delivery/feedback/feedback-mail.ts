/** Composes the mail that reports a bounce or complaint to the sender: a multipart/report (RFC 6522). */
import { randomUUID } from "node:crypto";
import type { BounceEvent, ComplaintEvent } from "../../events/event.ts";
import { parseAddress } from "../../mail/address.ts";
import { type Entity, multipartEntity, textEntity, writeSegments } from "../../mail/entity.ts";
import { addressField } from "../../mail/header-value.ts";
import { withCrlfBytes } from "../../mail/line-endings.ts";
import { stampFields } from "../../mail/message-stamp.ts";
import type { SentMessage } from "../sent-message.ts";

export interface FeedbackMail {
  event: BounceEvent | ComplaintEvent;
  sent: SentMessage;
  /** The returned mail, or its start. */
  report: Buffer | undefined;
  /** Bare addresses. */
  from: string;
  to: string;
  hostname: string;
}

/** Composes the whole message, with CRLF. */
export function feedbackMail({ event, sent, report, from, to, hostname }: FeedbackMail): Uint8Array {
  const isBounce = event.type === "BOUNCE";
  const parts = [
    textEntity("plain", { data: isBounce ? bounceText(event, sent) : complaintText(event, sent) }),
    isBounce ? deliveryStatus(event, sent, hostname) : feedbackReport(event, sent, hostname),
    ...(report ? [returned(report)] : []),
  ];
  const reportType = isBounce ? "delivery-status" : "feedback-report";
  const root = multipartEntity("report", `=_${randomUUID()}`, parts, `;\r\n report-type=${reportType}`);
  const fields =
    stampFields({ messageId: `${randomUUID()}@${hostname}`, date: event.at }) +
    addressField("From", [{ ...parseAddress(from), displayName: "Mail Delivery Subsystem" }]) +
    addressField("To", [parseAddress(to)]) +
    `Subject: ${isBounce ? "Delivery Status Notification (Failure)" : "Complaint about your mail"}\r\n` +
    // RFC 3834, 5, and RFC 3464: prevents vacation replies.
    `Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n${root.fields}\r\n`;
  return writeSegments([fields, ...root.body]);
}

function bounceText(event: BounceEvent, sent: SentMessage): string {
  const why = event.diagnosticCode ?? (event.status && `Status ${event.status}`);
  const head =
    event.action === undefined
      ? "An automatic reply came back from the following recipient:"
      : "An error occurred while trying to deliver the mail to the following recipient:";
  return `${head}\n\n${event.recipient}\n\n${why ? `${why}\n\n` : ""}Kind of bounce: ${event.bounceType}/${event.bounceSubType}\n${facts(sent)}`;
}

function complaintText(event: ComplaintEvent, sent: SentMessage): string {
  const type = event.complaintFeedbackType ? `Kind of complaint: ${event.complaintFeedbackType}\n` : "";
  return `The following recipient complained about your mail:\n\n${event.recipient}\n\n${type}${facts(sent)}`;
}

function facts({ messageId, sentAt, source, subject }: SentMessage): string {
  return `Message: ${messageId}\nSent: ${sentAt.toISOString()}\nFrom: ${source}\n${subject ? `Subject: ${subject}\n` : ""}`;
}

/** RFC 3464. */
function deliveryStatus(event: BounceEvent, { sentAt }: SentMessage, hostname: string): Entity {
  const lines = [
    `Reporting-MTA: ${ascii(event.reportingMta ?? `dns; ${hostname}`)}`,
    `Arrival-Date: ${sentAt.toUTCString()}`,
    "",
    `Final-Recipient: rfc822; ${ascii(event.recipient)}`,
    `Action: ${ascii(event.action ?? "failed")}`,
    `Status: ${ascii(event.status ?? (event.bounceType === "Permanent" ? "5.0.0" : "4.0.0"))}`,
    ...(event.diagnosticCode ? [`Diagnostic-Code: ${ascii(event.diagnosticCode).slice(0, 900)}`] : []),
  ];
  return { fields: "Content-Type: message/delivery-status\r\n", body: [`${lines.join("\r\n")}\r\n`] };
}

/** RFC 5965. */
function feedbackReport(event: ComplaintEvent, { source, recipient }: SentMessage, hostname: string): Entity {
  const lines = [
    `Feedback-Type: ${ascii(event.complaintFeedbackType ?? "abuse")}`,
    `User-Agent: ${ascii(event.userAgent ?? "Mailglass")}`,
    "Version: 1",
    `Original-Mail-From: <${ascii(source)}>`,
    `Original-Rcpt-To: <${ascii(recipient)}>`,
    `Reporting-MTA: dns; ${hostname}`,
    ...(event.arrivalDate ? [`Arrival-Date: ${event.arrivalDate.toUTCString()}`] : []),
  ];
  return { fields: "Content-Type: message/feedback-report\r\n", body: [`${lines.join("\r\n")}\r\n`] };
}

/** The returned mail, unencoded (RFC 2046, 5.2.1: message/rfc822 must not be encoded). */
function returned(report: Buffer): Entity {
  const text = withCrlfBytes(report).toString("latin1").replaceAll("\0", " ");
  return { fields: "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n", body: [text] };
}

/** Report fields are limited to printable ASCII. */
function ascii(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
