/** A message whose events are published, and the `mail` that SES would publish for it. */
import type { MailEvent } from "../../src/events/event.ts";
import { decodeEvents, encodeEvent } from "../../src/events/record.ts";
import { readMailHeaders } from "../../src/publishing/ses-event/mail-headers.ts";
import type { EventRow } from "../../src/stores/clickhouse/events.ts";
import { defaultScope } from "../../src/stores/postgres/database.ts";
import { sendEvent } from "./mail-events.ts";

export const account = { accountId: "123456789012", region: "eu-west-1", hostname: "mail.example.net" };

export const sent = sendEvent({
  messageId: "0102019a00000000-00000000-0000-4000-8000-000000000001-000000",
  sentAt: new Date("2026-09-21T01:02:03.004Z"),
  recipient: "one@example.org",
  message: {
    identity: "example.com",
    configurationSet: "news",
    destination: ["one@example.org", "two@example.org"],
    tags: {
      campaign: ["autumn"],
      "ses:source-ip": ["192.0.2.7"],
      "ses:recipient-isp": ["Gmail"],
      "ses:operation": ["SendEmail"],
      "ses:from-domain": ["example.com"],
      "ses:sender-identity": ["example.com"],
      "ses:caller-identity": ["app"],
      "ses:configuration-set": ["news"],
    },
  },
});
const { messageId, sentAt, recipient } = sent;
/** What its other events share. */
export const of = { id: "11111111-2222-4333-8444-555555555555", scope: defaultScope, messageId, sentAt, recipient };
export const at = new Date("2026-09-21T01:02:09.500Z");

const mime = Buffer.from(
  'Message-ID: <m@eu-west-1.amazonses.com>\r\nFrom: "Shop, The" <sender@example.com>\r\nTo: one@example.org\r\nSubject: hello\r\n\r\n',
);
export const headers = readMailHeaders(mime, mime.length);

/** The event as it is recorded. */
export function rowOf(event: MailEvent): EventRow {
  const [row] = decodeEvents(encodeEvent(event));
  if (row === undefined) throw new Error("no event was encoded");
  return row;
}

/** The `mail` of all of them, without headers and tags. */
export const mail = {
  timestamp: "2026-09-21T01:02:03.004Z",
  source: "sender@example.com",
  sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/example.com",
  sendingAccountId: "123456789012",
  messageId,
  destination: ["one@example.org", "two@example.org"],
};
export const fullMail = {
  ...mail,
  headersTruncated: false,
  headers: [
    { name: "Message-ID", value: "<m@eu-west-1.amazonses.com>" },
    { name: "From", value: '"Shop, The" <sender@example.com>' },
    { name: "To", value: "one@example.org" },
    { name: "Subject", value: "hello" },
  ],
  commonHeaders: {
    from: ['"Shop, The" <sender@example.com>'],
    to: ["one@example.org"],
    messageId,
    subject: "hello",
  },
  tags: {
    "ses:operation": ["SendEmail"],
    "ses:configuration-set": ["news"],
    "ses:source-ip": ["192.0.2.7"],
    "ses:from-domain": ["example.com"],
    "ses:sender-identity": ["example.com"],
    "ses:caller-identity": ["app"],
    campaign: ["autumn"],
  },
};
export const briefMail = { ...mail, headersTruncated: false, tags: { "ses:configuration-set": ["news"] } };
