import { describe, expect, it } from "vitest";
import { classifyReply } from "./reply.ts";

/** Replies of real servers, as they are known to be worded; the second column is what follows for SES. */
const replies: [text: string, meaning: string, host?: string][] = [
  ["550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table", "Permanent/General"],
  ["550-5.1.1 The email account that you tried to reach does not exist. Please try", "Permanent/General"],
  ["550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", "Permanent/General"],
  [
    "550 5.4.1 Recipient address rejected: Access denied. [BL2NAM02FT001.protection.outlook.com]",
    "Permanent/General",
    "x.mail.protection.outlook.com",
  ],
  ["550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "Permanent/General"],
  [
    "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]",
    "Permanent/General",
    "mta5.am0.yahoodns.net",
  ],
  ["550 sorry, no mailbox here by that name (#5.1.1 - chkuser)", "Permanent/General"],
  ["550 Unrouteable address", "Permanent/General"],
  [
    "550 5.1.2 <a@nodomain.example>... Host unknown (Name server: nodomain.example: host not found)",
    "Permanent/General",
  ],
  [
    "Host or domain name not found. Name service error for name=nodomain.example type=AAAA: Host not found",
    "Permanent/General",
  ],
  ["Domain example.com does not accept mail (nullMX)", "Permanent/General"],
  ["551 User not local; please try <c@d.example>", "Permanent/General"],
  ["550 5.2.1 <a@b.example>... Mailbox disabled for this recipient", "Permanent/General"],
  ["550 5.2.1 The email account that you tried to reach is inactive.", "Permanent/General"],
  ["452-4.2.2 The email account that you tried to reach is over quota.", "Transient/MailboxFull"],
  ["552-5.2.2 The recipient's inbox is out of storage space and inactive.", "Transient/MailboxFull"],
  ["554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "Transient/MailboxFull"],
  ["522 5.2.2 Requested mail action aborted: exceeded storage allocation", "Transient/MailboxFull"],
  ["452 4.1.1 <a@b.example> 4.2.2 mailbox full", "Transient/MailboxFull"],
  ["552 5.3.4 Message size exceeds fixed limit", "Transient/MessageTooLarge"],
  ["550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient", "Transient/MessageTooLarge"],
  ["554 5.7.1 Message infected by virus (Win.Test.EICAR_HDB-1)", "Transient/ContentRejected"],
  ["554 5.7.1 [2] Message rejected under suspicion of SPAM", "Transient/ContentRejected"],
  ["554 rejected due to spam content", "Transient/ContentRejected"],
  ["554 5.7.1 The file extension .exe is not accepted: attachment type not allowed", "Transient/AttachmentRejected"],
  ["554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "Transient/General"],
  [
    "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. part of their network is on our block list (S3150).",
    "Transient/General",
  ],
  [
    "421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.",
    "Transient/General",
  ],
  ["550-5.7.26 This message does not pass authentication checks (SPF and DKIM both do not pass).", "Transient/General"],
  ["450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]", "Transient/General"],
  [
    "450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/",
    "Transient/General",
  ],
  ["550 5.1.8 <a@b.example>: Sender address rejected: Domain not found", "Transient/General"],
  ["553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "Transient/General"],
  ["554 5.7.1 <a@b.example>: Relay access denied", "Transient/General"],
  [
    "Host or domain name not found. Name service error for name=example.com type=MX: Host not found, try again",
    "Transient/General",
  ],
  [
    "(delivery temporarily suspended: connect to mx.example.com[192.0.2.1]:25: Connection refused)",
    "Transient/General",
  ],
  ["conversation with mx.example.com[192.0.2.1] timed out while sending message body", "Transient/General"],
  ["mail for example.com loops back to myself", "Transient/General"],
  ["421 Too many concurrent SMTP connections; please try again later", "Transient/General"],
  ["452 4.3.1 Insufficient system storage", "Transient/General"],
  ["TLS is required, but was not offered by host mx.example.com[192.0.2.1]", "Transient/General"],
  ["550 Klaatu barada nikto", "Undetermined/Undetermined"],
  ["", "Undetermined/Undetermined"],
];

describe("classifyReply", () => {
  it.each(replies)("%s: %s", (text, meaning, host) => {
    const found = classifyReply({ text, host, command: "RCPT" });
    expect(`${found.bounceType}/${found.bounceSubType}`).toBe(meaning);
  });

  it("finds code and status in the text, and prefers those that are given only where the text says less", () => {
    expect(classifyReply({ text: "550 5.1.1 Unknown user" })).toMatchObject({ code: "550", status: "5.1.1" });
    expect(classifyReply({ text: "550 5.2.2 Over quota", status: "5.1.1" })).toMatchObject({
      status: "5.2.2",
      reason: "mailboxfull",
    });
    expect(classifyReply({ text: "550 5.0.0 No", status: "5.7.1" })).toMatchObject({ status: "5.7.1" });
    expect(classifyReply({ code: "421", text: "closing" })).toMatchObject({ code: "421", status: undefined });
    expect(classifyReply({ text: "192.0.2.250 took 550 seconds" })).toMatchObject({ code: undefined });
  });

  it("takes a status alone, and any class's where its own has no meaning", () => {
    expect(classifyReply({ text: "", status: "5.2.2" }).reason).toBe("mailboxfull");
    expect(classifyReply({ text: "", status: "4.2.2" }).reason).toBe("mailboxfull");
    expect(classifyReply({ text: "", status: "4.4.4" }).bounceType).toBe("Transient");
    expect(classifyReply({ text: "", status: "5.4.4" }).bounceType).toBe("Permanent");
    expect(classifyReply({ text: "", status: "5.9.9" }).reason).toBe("onhold");
  });

  it("names SES's type of a delay", () => {
    const delay = (text: string) => classifyReply({ text }).delayType;
    expect(delay("452 4.2.2 Mailbox full")).toBe("MailboxFull");
    expect(delay("421 4.7.0 IP blocked, see spamhaus")).toBe("IPFailure");
    expect(delay("451 4.7.1 Message looks like spam")).toBe("SpamDetected");
    expect(delay("451 4.3.0 Internal server error")).toBe("RecipientServerError");
    expect(delay("connect to mx.example.com[192.0.2.1]:25: Connection timed out")).toBe(
      "TransientCommunicationFailure",
    );
    expect(delay("450 hm")).toBe("Undetermined");
  });

  it("holds an address that is unknown only after DATA for filtered, and a sender for rejected", () => {
    const text = "550 5.0.0 User unknown";
    expect(classifyReply({ text, command: "RCPT" }).reason).toBe("userunknown");
    expect(classifyReply({ text, command: "DATA" })).toMatchObject({ reason: "filtered", bounceType: "Transient" });
    expect(classifyReply({ text: "553 example.com does not exist", command: "MAIL" }).reason).toBe("rejected");
  });

  it("reads no meaning into addresses and names", () => {
    const text = "550 <mailbox-full-user-unknown@spam-virus.example>: Klaatu barada nikto";
    expect(classifyReply({ text }).bounceType).toBe("Undetermined");
    expect(classifyReply({ text: "550 5.2.2 <user-unknown@b.example> Mailbox full" }).reason).toBe("mailboxfull");
  });

  it("believes what the server said, not what is written around it", () => {
    const text = "Sorry, no SMTP connection got far enough; remote host 192.0.2.32 said: 550 Unknown user a@b.example";
    expect(classifyReply({ text, command: "RCPT" }).reason).toBe("userunknown");
    const lines =
      "550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's\n550 5.7.26 DMARC policy.";
    expect(classifyReply({ text: lines }).reason).toBe("authfailure");
  });
});
