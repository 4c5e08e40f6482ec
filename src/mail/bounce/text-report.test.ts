import { describe, expect, it } from "vitest";
import { classifyLines, recipientLines, systemHeader } from "../../../test/support/classified-mails.ts";
import { classifyMail } from "./returned-mail.ts";

describe("a text", () => {
  it.each<[string, string[], string[]]>([
    [
      "qmail",
      [
        "Hi. This is the qmail-send program.",
        "",
        "<a@b.example>:",
        "192.0.2.1 does not like recipient.",
        "Remote host said: 550 5.1.1 No such user",
      ],
      ["a@b.example userunknown Permanent/General 550 5.1.1"],
    ],
    [
      "Exim",
      [
        "A message that you sent could not be delivered to one or more of its",
        "recipients.",
        "",
        "  a@b.example",
        "    SMTP error from remote mail server after RCPT TO:<a@b.example>:",
        "    550 Unknown user",
        "  c@b.example",
        "    mailbox is full: retry timeout exceeded",
        "",
        "------ This is a copy of the message ------",
        "",
        "To: x@y.example",
      ],
      ["a@b.example userunknown Permanent/General 550 ", "c@b.example mailboxfull Transient/MailboxFull  "],
    ],
    [
      "GMX",
      [
        "The following address",
        "failed:",
        '"a@b.example":',
        "5.2.2 <a@b.example>... Mailbox Full",
        '"c@b.example":',
        "5.2.1 User Unknown",
      ],
      ["a@b.example mailboxfull Transient/MailboxFull  5.2.2", "c@b.example userunknown Permanent/General  5.2.1"],
    ],
    [
      "OpenSMTPD",
      [
        "An error has occurred while attempting to deliver a message for",
        "the following list of recipients:",
        "",
        "a@b.example: 552 5.3.4 Message too big",
        "",
        "Below is a copy of the original message:",
        "",
        "To: x@y.example",
      ],
      ["a@b.example mesgtoobig Transient/MessageTooLarge 552 5.3.4"],
    ],
    [
      "IMail",
      ["Unknown user: a@b.example", "", "Original message follows.", ""],
      ["a@b.example userunknown Permanent/General  "],
    ],
    [
      "Exchange 2003",
      [
        "Your message",
        "  To:      list@b.example",
        "did not reach the following recipient(s):",
        "",
        "a@b.example on Thu, 29 Apr 2010",
        "    The recipient name is not recognized",
      ],
      ["a@b.example userunknown Permanent/General  "],
    ],
    [
      "a bare 550",
      ["Unable to deliver message to: <a@b.example>", "failed with: 550 No such user here"],
      ["a@b.example filtered Transient/General 550 "],
    ],
    ["no recipient", ["Your message could not be delivered: mailbox full"], [" mailboxfull Transient/MailboxFull  "]],
  ])("of %s is a bounce", (_, body, expected) => {
    const mail = classifyLines(...systemHeader, "", ...body);
    expect(mail.kind).toBe("bounce");
    expect(recipientLines(mail)).toEqual(expected);
  });

  it("is a delay where it says so", () => {
    const body = ["A message that you sent has not yet been delivered to", "", "  a@b.example", "    451 Try again"];
    expect(
      classifyLines("From: Mailer-Daemon@b.example", "Subject: Warning: message delayed 24 hours", "", ...body).kind,
    ).toBe("delay");
  });

  it("takes the recipients from X-Failed-Recipients, and from the returned message at last", () => {
    const failed = classifyLines(...systemHeader, "X-Failed-Recipients: a@b.example, c@b.example", "", "Sorry.");
    expect(recipientLines(failed).map((line) => line.split(" ")[0])).toEqual(["a@b.example", "c@b.example"]);
    const original = [
      "Original message follows.",
      "",
      "Received: by mx.example.org",
      "Message-ID: <id@example.org>",
      "To: a@b.example",
    ];
    const mail = classifyLines(...systemHeader, "", "Undeliverable: user unknown", "", ...original);
    expect(mail).toMatchObject({ kind: "bounce", original: { messageId: "id@example.org", to: "a@b.example" } });
    expect(recipientLines(mail)).toEqual(["a@b.example userunknown Permanent/General  "]);
  });

  it("is read in ISO-2022-JP, Base64, quoted-printable and HTML", () => {
    const japanese = Buffer.concat([
      Buffer.from(`${systemHeader.join("\n")}\n\n`),
      // "The mail could not be sent." and the address.
      Buffer.from("\u001b$BAw?.$G$-$^$;$s$G$7$?\u001b(B\na@b.example\n550 5.1.1 user unknown\n", "latin1"),
    ]);
    expect(recipientLines(classifyMail(japanese))).toEqual(["a@b.example userunknown Permanent/General 550 5.1.1"]);
    const text = "Could not be delivered:\n<a@b.example>: 552 5.2.2 Mailbox full";
    const base64 = Buffer.from(text).toString("base64");
    const expected = ["a@b.example mailboxfull Transient/MailboxFull 552 5.2.2"];
    expect(recipientLines(classifyLines(...systemHeader, "Content-Transfer-Encoding: base64", "", base64))).toEqual(
      expected,
    );
    const quoted = text.replace("a@b", "a=40=\r\nb");
    expect(
      recipientLines(classifyLines(...systemHeader, "Content-Transfer-Encoding: quoted-printable", "", quoted)),
    ).toEqual(expected);
    const html = `<head><title>x</title></head><p>Could not be delivered:<p>&lt;a@b.example&gt;: 552 5.2.2 Mailbox full`;
    expect(recipientLines(classifyLines(...systemHeader, "Content-Type: text/html", "", html))).toEqual(expected);
  });
});

describe("the same reply means the same, whichever mailer tells of it", () => {
  const to = "<a@b.example>";
  const mailers: Record<string, (reply: string) => string[]> = {
    Postfix: (reply) => [
      "This is the mail system at host mx. It could not",
      "be delivered.",
      "",
      `${to}: host mx said: ${reply} (in`,
      "    reply to RCPT TO command)",
    ],
    Exim: (reply) => [
      "A message that you sent could not be delivered.",
      "",
      "  a@b.example",
      `    SMTP error from remote mail server after RCPT TO:${to}:`,
      `    ${reply}`,
    ],
    Sendmail: (reply) => [
      "   ----- The following addresses had permanent fatal errors -----",
      to,
      `    (reason: ${reply})`,
      "",
      "   ----- Transcript of session follows -----",
      `>>> RCPT To:${to}`,
      `<<< ${reply}`,
      `550 5.1.1 ${to}... User unknown`,
    ],
    qmail: (reply) => [
      "I'm afraid I wasn't able to deliver your message.",
      "",
      `${to}:`,
      "192.0.2.9 does not like recipient.",
      `Remote host said: ${reply}`,
      "Giving up on 192.0.2.9.",
    ],
    Courier: (reply) => [
      "Your message to the following recipients cannot be delivered:",
      "",
      `${to}:`,
      `    >>> RCPT TO:${to}`,
      `    <<< ${reply}`,
    ],
    DragonFly: (reply) => [
      `There was an error delivering your mail to ${to}.`,
      "",
      "mx [192.0.2.9] did not like our RCPT TO:",
      reply,
    ],
    OpenSMTPD: (reply) => [
      "attempting to deliver a message for the following list of recipients:",
      "",
      `a@b.example: ${reply}`,
    ],
    MailMarshal: (reply) => [
      "Could not be delivered because of",
      "",
      reply,
      "",
      "The following recipients were affected:",
      "    a@b.example",
    ],
  };
  const replies: [reply: string, expected: string][] = [
    ["550 5.1.1 No such user", "userunknown Permanent/General 550 5.1.1"],
    ["552 5.2.2 Over quota", "mailboxfull Transient/MailboxFull 552 5.2.2"],
    ["554 5.7.1 Client host [192.0.2.1] blocked using a list", "blocked Transient/General 554 5.7.1"],
    ["552 5.3.4 Message too big", "mesgtoobig Transient/MessageTooLarge 552 5.3.4"],
    ["550 5.7.1 This looks like spam", "spamdetected Transient/ContentRejected 550 5.7.1"],
  ];
  const cases = Object.entries(mailers).flatMap(([mailer, write]) =>
    replies.map(([reply, expected]) => [mailer, reply, write, expected] as const),
  );
  it.each(cases)("%s: %s", (_, reply, write, expected) => {
    const mail = classifyLines(...systemHeader, "", ...write(reply), "", "--- Original message follows.", "");
    expect(recipientLines(mail)).toEqual([`a@b.example ${expected}`]);
  });
});

describe("the diagnostic of a text", () => {
  const diagnosticOf = (...lines: string[]) => {
    const mail = classifyLines(...systemHeader, "", ...lines, "", "--- Original message follows.", "");
    return "recipients" in mail ? mail.recipients[0]?.diagnosticCode : undefined;
  };

  it("is what the server said, with the lines that the mailer wrapped and what it wrote before", () => {
    const said = diagnosticOf(
      "A message that you sent could not be delivered to one or more of its recipients.",
      "",
      "  a@b.example",
      "    SMTP error from remote mail server after RCPT TO:<a@b.example>:",
      "    host mx.b.example [192.0.2.9]: 550 <a@b.example>:",
      "    Recipient address rejected: User unknown in local recipient table",
      "  c@b.example",
      "    mailbox is full",
    );
    expect(said).toBe(
      "host mx.b.example [192.0.2.9]: 550 <a@b.example>: Recipient address rejected: User unknown in local recipient table",
    );
  });

  it("has all lines of a reply of several", () => {
    const reply = ["550-5.1.1 The account does not exist.", "550-5.1.1 Check the address,", "550 5.1.1 please."];
    expect(diagnosticOf("<a@b.example>:", ...reply, "", "Something else.")).toBe(reply.join("\n"));
  });

  it("is the text about the recipient where that quotes none", () => {
    expect(diagnosticOf("<a@b.example>:", "This user has moved away.")).toBe(
      "<a@b.example>:\nThis user has moved away.",
    );
  });
});
