/** The events that SES would publish for the mail of `event-destinations.test.ts`, ids and times by their shape. */
import { expect } from "vitest";

export const hostname = "mail.example.net";
const accountId = "123456789012";
/** The settings of a server with such events. */
export const own = { MAILGLASS_ACCOUNT_ID: accountId, MAILGLASS_HOSTNAME: hostname, MAILGLASS_EXPORT_WORKERS: "0" };

export const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
export const feedbackId = expect.stringMatching(/^0100[0-9a-f]{12}-[0-9a-f-]{36}-000000$/);
const date = expect.stringMatching(/^\w{3}, \d\d? \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);

/** What each `mail` has. */
export const facts = (messageId: string, destination: readonly string[]) => ({
  timestamp: instant,
  source: "sender@example.com",
  sourceArn: `arn:aws:ses:us-east-1:${accountId}:identity/example.com`,
  sendingAccountId: accountId,
  messageId,
  destination,
  headersTruncated: false,
});

export const sesTags = {
  "ses:operation": ["SendEmail"],
  "ses:configuration-set": ["news"],
  "ses:source-ip": ["127.0.0.1"],
  "ses:from-domain": ["example.com"],
  "ses:sender-identity": ["example.com"],
  "ses:caller-identity": ["AKIAIOSFODNN7EXAMPLE"],
};

interface ExpectedMail {
  destination?: readonly string[];
  /** The fields of the headers between From and Subject. */
  addressed?: readonly (readonly [name: string, value: string])[];
  common?: object;
  tags?: object;
  content?: readonly (readonly [name: string, value: unknown])[];
}

const textContent = [
  ["MIME-Version", "1.0"],
  ["Content-Type", "text/plain; charset=UTF-8"],
  ["Content-Transfer-Encoding", "7bit"],
] as const;

/** The `mail` of a message to one recipient, with what is given. */
export function mailOf(messageId: string, given: ExpectedMail = {}) {
  const { destination = ["user@gmail.com"], content = textContent, common = {} } = given;
  const { addressed = [["To", destination.join(", ")]] } = given;
  const headers = [
    ["Message-ID", `<${messageId}@us-east-1.mailglass>`],
    ["Date", date],
    ["From", "sender@example.com"],
    ...addressed,
    ["Subject", "=?UTF-8?B?R3LDvMOfZQ==?="],
    ...content,
  ];
  return {
    ...facts(messageId, destination),
    headers: headers.map(([name, value]) => ({ name, value })),
    commonHeaders: { from: ["sender@example.com"], to: destination, date, messageId, subject: "Grüße", ...common },
    // Each of several recipients may have another provider.
    tags: { ...sesTags, ...(destination.length === 1 && { "ses:recipient-isp": ["UNKNOWN_ISP"] }), ...given.tags },
  };
}

export const gmail = { "ses:recipient-isp": ["Gmail"] };

/** A delivery. */
export const delivery = (recipient: string, smtpResponse = "250 2.0.0 Captured by Mailglass") => ({
  timestamp: instant,
  processingTimeMillis: expect.any(Number),
  recipients: [recipient],
  smtpResponse,
  reportingMTA: hostname,
});

/** A bounce of the mailbox simulator. */
export const refusal = (emailAddress: string, reason: string) => ({
  feedbackId,
  bounceType: "Permanent",
  bounceSubType: "General",
  bouncedRecipients: [{ emailAddress, action: "failed", status: "5.1.1", diagnosticCode: `smtp; 550 5.1.1 ${reason}` }],
  timestamp: instant,
  reportingMTA: `dns; ${hostname}`,
});

/** A complaint of the mailbox simulator. */
export const complaint = (emailAddress: string) => ({
  feedbackId,
  complaintSubType: null,
  complainedRecipients: [{ emailAddress }],
  timestamp: instant,
  userAgent: "Amazon SES Mailbox Simulator",
  complaintFeedbackType: "abuse",
  arrivalDate: instant,
});
