/** Parses complaints: abuse reports (RFC 5965), authentication failure reports (RFC 6591), and informal complaints. */
import { linesOf } from "./dsn.ts";
import complaints from "./rules/complaints.json" with { type: "json" };

export interface FeedbackReport {
  /** In lower case: `abuse`, `fraud`, `auth-failure`, ... */
  readonly feedbackType: string;
  readonly userAgent: string | undefined;
  readonly arrivalDate: string | undefined;
  readonly originalMailFrom: string | undefined;
  /** Addresses that complained; providers often withhold them. */
  readonly recipients: readonly string[];
  readonly reportingMta: string | undefined;
  readonly sourceIp: string | undefined;
}

const maxRecipients = 500;

/** Parses the text of a message/feedback-report part; undefined if it has no Feedback-Type. */
export function parseFeedbackReport(text: string): FeedbackReport | undefined {
  const fields = new Map<string, string>();
  const recipients: string[] = [];
  const redacted: string[] = [];
  for (const line of linesOf(text, 2000)) {
    const match = /^([A-Za-z][A-Za-z-]{2,60})[ \t]*:(.*)$/.exec(line);
    if (match === null) continue;
    const name = match[1]?.toLowerCase() ?? "";
    const value = (match[2] ?? "").trim().slice(0, 2000);
    const address = addressIn(value);
    if (address !== undefined && recipients.length < maxRecipients) {
      if (name === "original-rcpt-to" || name === "removal-recipient") recipients.push(address);
      if (name === "redacted-address") redacted.push(address);
    }
    if (!fields.has(name)) fields.set(name, value);
  }
  const feedbackType = fields
    .get("feedback-type")
    ?.toLowerCase()
    .replace(/[^a-z-].*$/s, "");
  if (feedbackType === undefined || feedbackType === "") return undefined;
  return {
    feedbackType,
    userAgent: fields.get("user-agent"),
    arrivalDate: fields.get("arrival-date") ?? fields.get("received-date"),
    originalMailFrom: addressIn(fields.get("original-mail-from") ?? ""),
    recipients: [...new Set(recipients.length > 0 ? recipients : redacted)],
    reportingMta: fields.get("reporting-mta")?.replace(/^[\w-]{1,30};[ \t]*/, ""),
    sourceIp: fields.get("source-ip"),
  };
}

/** Recognizes a complaint without a feedback report by rules/complaints.json; undefined if the mail isn't one. */
export function informalComplaint(from: string, subject: string, body: string): FeedbackReport | undefined {
  const [fromLower, subjectLower, bodyLower] = [from.toLowerCase(), subject.toLowerCase(), body.toLowerCase()];
  const rule = complaints.find(
    (one) =>
      fromLower.includes(one.from ?? "") &&
      subjectLower.includes(one.subject ?? "") &&
      bodyLower.includes(one.body ?? ""),
  );
  if (rule === undefined) return undefined;
  const complainer = rule.complainer === "from" ? addressIn(from) : undefined;
  return {
    feedbackType: rule.feedbackType,
    userAgent: undefined,
    arrivalDate: undefined,
    originalMailFrom: undefined,
    recipients: complainer === undefined ? [] : [complainer],
    reportingMta: undefined,
    sourceIp: undefined,
  };
}

function addressIn(value: string): string | undefined {
  return /[^\s<>"(),;:]{1,128}@[^\s<>"(),;:@]{1,255}/.exec(value)?.[0];
}
