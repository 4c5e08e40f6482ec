/** Mails that came back, for tests: written line by line, and their recipients in a line each. */
import { classifyMail, type ReturnedMail } from "../../src/mail/bounce/returned-mail.ts";

/** The fields of a mail system. */
export const systemHeader = ["From: MAILER-DAEMON@mx.example.com", "To: sender@example.org", "Subject: Returned mail"];

/** Classifies the mail of these lines. */
export const classifyLines = (...lines: string[]): ReturnedMail => classifyMail(Buffer.from(lines.join("\r\n")));

/** Address, reason, type and subtype, reply and status of each recipient; the kind alone where there are none. */
export function recipientLines(mail: ReturnedMail): string[] {
  if (!("recipients" in mail)) return [mail.kind];
  return mail.recipients.map((one) =>
    [one.address, one.reason, `${one.bounceType}/${one.bounceSubType}`, one.reply, one.status].join(" "),
  );
}
