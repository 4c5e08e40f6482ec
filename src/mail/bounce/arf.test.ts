import { describe, expect, it } from "vitest";
import { classifyLines } from "../../../test/support/classified-mails.ts";

describe("a complaint", () => {
  const arf = (...fields: string[]) =>
    classifyLines(
      "From: fbl@isp.example",
      'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
      "",
      "--b",
      "Content-Type: message/feedback-report",
      "",
      ...fields,
      "--b",
      "Content-Type: message/rfc822",
      "",
      "To: Complainer <a@b.example>",
      "Message-ID: <id@example.org>",
      "",
      "--b--",
    );

  it("says its type, agent, date and who complained", () => {
    const mail = arf(
      "Feedback-Type: Abuse",
      "User-Agent: FBL/1.0",
      "Arrival-Date: Tue, 3 Mar 2026 04:05:06 +0000",
      "Original-Rcpt-To: <c@b.example>",
      "Original-Rcpt-To: d@b.example",
      "Source-IP: 192.0.2.1",
    );
    expect(mail).toMatchObject({
      kind: "complaint",
      report: {
        feedbackType: "abuse",
        userAgent: "FBL/1.0",
        arrivalDate: "Tue, 3 Mar 2026 04:05:06 +0000",
        recipients: ["c@b.example", "d@b.example"],
        sourceIp: "192.0.2.1",
      },
      original: { messageId: "id@example.org" },
    });
  });

  it("is of the message's recipient where the report withholds it", () => {
    expect(arf("Feedback-Type: fraud", "Redacted-Address: redacted")).toMatchObject({
      report: { feedbackType: "fraud", recipients: ["a@b.example"] },
    });
    expect(arf("Version: 1").kind).toBe("none");
  });

  it("is read from a part that is labelled as text", () => {
    const type = 'Content-Type: multipart/report; report-type="feedback-report"; boundary=b';
    const mail = classifyLines(
      "From: fbl@isp.example",
      type,
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "Feedback-Type: virus",
    );
    expect(mail).toMatchObject({ kind: "complaint", report: { feedbackType: "virus", recipients: [] } });
  });

  it("may have no report", () => {
    const body = "Apple Mail sent this email to unsubscribe from the message “Hello”.";
    expect(classifyLines("From: a@icloud.com", "Subject: unsubscribe", "", body)).toMatchObject({
      kind: "complaint",
      report: { feedbackType: "opt-out", recipients: ["a@icloud.com"] },
    });
    expect(
      classifyLines("From: staff@hotmail.com", "Subject: complaint about message from 192.0.2.1", "", "").kind,
    ).toBe("complaint");
  });
});
