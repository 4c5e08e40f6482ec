/** Whom a report's refusal is about: the command that was refused, and what local mailers said. */
import { describe, expect, it } from "vitest";
import { classifyLines, recipientLines, systemHeader } from "../../../test/support/classified-mails.ts";
import type { ReturnedMail } from "./returned-mail.ts";

function report(status: readonly string[], text: readonly string[]): ReturnedMail {
  return classifyLines(
    ...systemHeader,
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "",
    ...text,
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.com",
    "",
    ...status,
    "",
    "--b--",
  );
}

describe("a refusal", () => {
  it("is of the sender or this server where MAIL or HELO was refused, whatever the status says", () => {
    const reason = (status: string, ...text: string[]) =>
      recipientLines(report(["Final-Recipient: rfc822; a@b.example", "Action: failed", `Status: ${status}`], text));
    expect(
      reason(
        "5.0.0",
        "Connected to 192.0.2.1 but my name was rejected.",
        "Remote host said: 501 5.0.0 Invalid domain name",
      ),
    ).toEqual(["a@b.example blocked Transient/General 501 5.0.0"]);
    expect(
      reason("5.1.1", "<a@b.example>: host mx said: 550 5.1.1 user unknown (in reply to MAIL FROM command)"),
    ).toEqual(["a@b.example rejected Transient/General 550 5.1.1"]);
    expect(reason("5.1.1", "<a@b.example>: host mx said: 550 5.1.1 user unknown (in reply to DATA command)")).toEqual([
      "a@b.example userunknown Permanent/General 550 5.1.1",
    ]);
  });

  it("is what a local mailer said, where its diagnostic is an exit code", () => {
    const mail = report(
      ["Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 5.3.0", "Diagnostic-Code: X-Unix; 67"],
      ["   (reason: 67)", "mail.local: unknown user: a", "550 5.3.0 unknown mailer error 1"],
    );
    expect(recipientLines(mail)).toEqual([expect.stringContaining("a@b.example userunknown Permanent/General")]);
  });
});
