import { describe, expect, it } from "vitest";
import { classifyLines, recipientLines, systemHeader } from "../../../test/support/classified-mails.ts";
import type { ReturnedMail } from "./returned-mail.ts";

/** A report (RFC 3462) of the given delivery status. */
function report(status: readonly string[], text: readonly string[] = ["Could not be delivered."]): ReturnedMail {
  return classifyLines(
    ...systemHeader,
    "MIME-Version: 1.0",
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    "",
    "--b",
    "",
    ...text,
    "--b",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.com",
    "Arrival-Date: Tue, 3 Mar 2026 04:05:06 +0000",
    "",
    ...status,
    "",
    "--b",
    "Content-Type: text/rfc822-headers",
    "",
    "Message-ID: <0100-id-000000@email.example.org>",
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
    "X-SES-Message: 1",
    "",
    "--b--",
  );
}

describe("a delivery status", () => {
  it("has no status of a server that was tried before", () => {
    const mail = report(
      ["Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 5.0.0"],
      [
        "451 4.4.1 reply: read error from mx1.b.example.",
        "... while talking to mx2.b.example.:",
        ">>> DATA",
        "<<< 554 This account has been disabled",
        "554 5.0.0 Service unavailable",
      ],
    );
    expect(recipientLines(mail)).toEqual(["a@b.example suspend Permanent/General 554 5.0.0"]);
  });

  it("says of each recipient what happened", () => {
    const mail = report([
      "Final-Recipient: rfc822; a@b.example",
      "Original-Recipient: rfc822; alias@b.example",
      "Action: failed",
      "Status: 5.1.1",
      "Remote-MTA: dns; mx.b.example",
      "Diagnostic-Code: smtp; 550 5.1.1 <a@b.example>:",
      "  User unknown",
      "",
      "Final-Recipient: rfc822;c@b.example",
      "Action: failed",
      "Status: 5.0.0",
      "Diagnostic-Code: smtp; 552 5.2.2 Over quota",
    ]);
    expect(mail).toMatchObject({
      kind: "bounce",
      reportingMta: "mx.example.com",
      arrivalDate: "Tue, 3 Mar 2026 04:05:06 +0000",
      original: {
        messageId: "0100-id-000000@email.example.org",
        subject: "Grüße",
        extensionFields: { "x-ses-message": "1" },
      },
      recipients: [
        {
          address: "a@b.example",
          originalRecipient: "alias@b.example",
          action: "failed",
          remoteMta: "mx.b.example",
          diagnosticCode: "550 5.1.1 <a@b.example>: User unknown",
        },
        { address: "c@b.example" },
      ],
    });
    expect(recipientLines(mail)).toEqual([
      "a@b.example userunknown Permanent/General 550 5.1.1",
      "c@b.example mailboxfull Transient/MailboxFull 552 5.2.2",
    ]);
  });

  it("is a delay while the mail is still tried, and a delivery where all arrived", () => {
    const delayed = ["Final-Recipient: rfc822; a@b.example", "Action: delayed", "Status: 4.4.1"];
    const delivered = ["Final-Recipient: rfc822; c@b.example", "Action: delivered", "Status: 2.0.0"];
    const failed = ["Final-Recipient: rfc822; d@b.example", "Action: failed", "Status: 5.1.1"];
    expect(report(delayed).kind).toBe("delay");
    for (const action of ["delivered", "relayed", "expanded"]) {
      expect(report(["Final-Recipient: rfc822; a@b.example", `Action: ${action}`]).kind).toBe("delivery");
    }
    expect(report([...delayed, "", ...delivered]).kind).toBe("delay");
    const mixed = report([...delivered, "", ...delayed, "", ...failed]);
    expect(mixed.kind).toBe("bounce");
    expect(recipientLines(mixed).map((line) => line.split(" ")[0])).toEqual(["a@b.example", "d@b.example"]);
  });

  it("takes from the text what the fields leave out", () => {
    const status = ["Final-Recipient: rfc822; a@nodomain.example", "Action: failed", "Status: 5.1.2"];
    const text = [
      "<a@nodomain.example>",
      "550 5.1.2 <a@nodomain.example>... Host unknown (Name server: no data known)",
    ];
    expect(recipientLines(report(status, text))).toEqual([
      "a@nodomain.example hostunknown Permanent/General 550 5.1.2",
    ]);
    const inData = ["<a@b.example>: host mx.b.example said: 550 Unknown user (in reply to end of DATA", "    command)"];
    const refused = ["Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 5.0.0"];
    const diagnostic = "Diagnostic-Code: smtp; 550 Unknown user";
    expect(recipientLines(report([...refused, diagnostic], inData))[0]).toContain(" filtered Transient/General");
  });

  it("is NoEmail where a hard bounce names no address", () => {
    const mail = report(["Final-Recipient: rfc822;", "Action: failed", "Status: 5.1.1"]);
    expect(recipientLines(mail)[0]).toContain("userunknown Permanent/NoEmail");
  });

  it("is read without boundaries, from the text, and inside another report", () => {
    const fields = ["Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 5.1.1"];
    const expected = "a@b.example userunknown Permanent/General  5.1.1";
    expect(recipientLines(classifyLines(...systemHeader, "", "Undeliverable mail.", "", ...fields))).toEqual([
      expected,
    ]);
    const wrong = 'Content-Type: multipart/report; boundary="other"';
    const part = ["--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx", "", ...fields, "--b--"];
    expect(recipientLines(classifyLines(...systemHeader, wrong, "", ...part))).toEqual([expected]);
    const inner = ["--o", "Content-Type: message/rfc822", "", 'Content-Type: multipart/report; boundary="b"', ""];
    const outer = 'Content-Type: multipart/mixed; boundary="o"';
    const notice = ["--o", "", "The following address had delivery errors", ""];
    expect(recipientLines(classifyLines(...systemHeader, outer, "", ...notice, ...inner, ...part, "--o--"))).toEqual([
      expected,
    ]);
  });
});

it("a notice of SES that came through an SNS topic is what it says", () => {
  const from = ["From: no-reply@sns.amazonaws.com", "Subject: AWS Notification Message", ""];
  const body = (message: unknown) => JSON.stringify({ Type: "Notification", Message: JSON.stringify(message) });
  const bounce = {
    notificationType: "Bounce",
    bounce: {
      bouncedRecipients: [
        {
          emailAddress: "a@b.example",
          action: "failed",
          status: "5.1.1",
          diagnosticCode: "smtp; 550 5.1.1 user unknown",
        },
      ],
      reportingMTA: "dsn; a1.smtp-out.amazonses.com",
    },
  };
  expect(recipientLines(classifyLines(...from, body(bounce)))).toEqual([
    "a@b.example userunknown Permanent/General 550 5.1.1",
  ]);
  const delivery = { notificationType: "Delivery", delivery: { recipients: ["a@b.example"], smtpResponse: "250 Ok" } };
  expect(classifyLines(...from, body(delivery)).kind).toBe("delivery");
  expect(classifyLines(...from, '{"notificationType":').kind).toBe("none");
  expect(classifyLines("From: me@example.org", "", body(bounce)).kind).toBe("none");
});

it("a complaint that SES tells of through an SNS topic is a complaint", () => {
  const complaint = (fields: object, type: object = { notificationType: "Complaint" }) => {
    const complained = { complainedRecipients: [{ emailAddress: "a@b.example" }], ...fields };
    const message = JSON.stringify({ ...type, complaint: complained, mail: { source: "me@example.org" } });
    const from = ["From: AWS Notifications <no-reply@sns.amazonaws.com>", "Subject: AWS Notification Message", ""];
    const mail = classifyLines(...from, message, "", "--", "If you wish to stop receiving notifications ...");
    return mail.kind === "complaint" ? `${mail.report.feedbackType} ${mail.report.recipients}` : mail.kind;
  };
  expect(complaint({ complaintFeedbackType: "abuse" })).toBe("abuse a@b.example");
  expect(complaint({})).toBe("abuse a@b.example");
  expect(complaint({ complaintFeedbackType: "not-spam" }, { eventType: "Complaint" })).toBe("not-spam a@b.example");
  expect(complaint({ complaintSubType: "OnAccountSuppressionList" })).toBe("other a@b.example");
  expect(complaint({}, { notificationType: "AmazonSnsSubscriptionSucceeded" })).toBe("none");
});

describe("no bounce", () => {
  it("is a mail that is nothing but another mail, whatever that is", () => {
    const inner = [
      ...systemHeader,
      "X-Failed-Recipients: a@b.example",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      "",
      "--b",
      "Content-Type: message/delivery-status",
      "",
      "Reporting-MTA: dns; mx.example.com",
      "",
      "Final-Recipient: rfc822; a@b.example",
      "Action: failed",
      "Status: 5.1.1",
      "--b--",
    ];
    for (const type of ["message/rfc822", 'Message/RFC822; name="report.eml"', "message/global", "message/partial"]) {
      for (const from of ["From: ada@example.org", "From: postmaster@example.org"]) {
        expect(classifyLines(from, "Subject: Fwd: Returned mail", `Content-Type: ${type}`, "", ...inner).kind).toBe(
          "none",
        );
      }
    }
    const digest = ["Content-Type: multipart/digest; boundary=d", "", "--d", "", ...inner, "--d--"];
    expect(classifyLines("From: ada@example.org", ...digest).kind).toBe("none");
  });

  it("is a notice that a message waits in a queue", () => {
    const notice = (subject: string, ...text: string[]) =>
      classifyLines(
        "From: Mail Delivery System <Mailer-Daemon@mx.example.com>",
        "To: postmaster@example.com",
        subject,
        "",
        ...text,
      );
    const text = [
      "Message 1XsaNj-0006ay-9N has been frozen (delivery error message).",
      "The sender is <>.",
      "",
      "The following address(es) have yet to be delivered:",
      "",
      "  a@b.example: all hosts for 'b.example' have been failing for a long time",
    ];
    expect(notice("Subject: Message 1XsaNj-0006ay-9N frozen", ...text).kind).toBe("none");
    expect(notice("Subject: Mail delivery warning", ...text).kind).toBe("none");
    expect(notice("Subject: Message 1XsaNj-0006ay-9N frozen").kind).toBe("none");
  });

  it.each<[string, string[]]>([
    ["Auto-Submitted", ["Auto-Submitted: auto-replied", "From: a@b.example", "", "I am away."]],
    ["Precedence", ["Precedence: auto_reply", "From: a@b.example", "", "I am away."]],
    ["a header of its own", ["X-Autoreply: yes", "From: a@b.example", "", "I am away."]],
    ["the subject", ["Subject: =?utf-8?B?6Ieq5YuV6L+U5L+h?= Re: x", "From: a@b.example", "", "I am away."]],
    [
      "a quoted bounce",
      [
        "Auto-Submitted: auto-replied",
        "From: a@b.example",
        "Subject: Re: Undelivered Mail",
        "",
        "I am away.",
        "> could not be delivered",
      ],
    ],
  ])("is an automatic answer, known by %s", (_, lines) => {
    expect(classifyLines(...lines).kind).toBe("auto-reply");
  });

  it.each<[string, string[]]>([
    ["mail", ["From: a@b.example", "Subject: Hello", "", "How are you?"]],
    [
      "mail about bounces",
      ["From: a@b.example", "Subject: Hello", "", "550 5.1.1 user unknown: it could not be delivered"],
    ],
    [
      "notices that answer nobody",
      ["Auto-Submitted: auto-generated", "From: cron@b.example", "Subject: report", "", "all is well"],
    ],
    [
      "a bounce that somebody forwards",
      [
        "From: a@b.example",
        "Subject: look",
        "Content-Type: multipart/mixed; boundary=b",
        "",
        "--b",
        "",
        "See below",
        "--b",
        "Content-Type: message/rfc822",
        "",
        ...systemHeader,
        "Content-Type: message/delivery-status",
        "",
        "Final-Recipient: rfc822; a@b.example",
        "Action: failed",
        "--b--",
      ],
    ],
    ["nothing", []],
  ])("is %s", (_, lines) => {
    expect(classifyLines(...lines).kind).toBe("none");
  });
});
