/** Reasons that would suppress an address, in texts that say that they don't hold. */
import { describe, expect, it } from "vitest";
import { withoutExceptions } from "./exceptions.ts";
import { classifyReply } from "./reply.ts";
import exceptions from "./rules/exceptions.json" with { type: "json" };
import { meaningOf, readReason } from "./rules.ts";

describe("the table", () => {
  it("turns permanent reasons into others that aren't, and has no phrase twice", () => {
    for (const { reasons, phrases } of exceptions) {
      for (const [from, to] of Object.entries(reasons)) {
        expect(meaningOf(readReason(from)).bounceType).toBe("Permanent");
        expect(meaningOf(readReason(to)).bounceType).toBe("Transient");
      }
      expect(phrases.filter((one, index) => phrases.indexOf(one) !== index)).toEqual([]);
    }
  });
});

describe("withoutExceptions", () => {
  it("leaves reasons that suppress nobody, whatever the text says", () => {
    expect(withoutExceptions("mailboxfull", "try again later", true)).toBe("mailboxfull");
    expect(withoutExceptions("userunknown", "no such user", false)).toBe("userunknown");
    expect(withoutExceptions("userunknown", "no such user", true)).toBe("systemerror");
  });
});

describe("a reply", () => {
  it("with class 4 in its code, its status or the report's is not permanent", () => {
    for (const reply of [
      { text: "450 mailbox disabled" },
      { text: "550 4.2.1 mailbox disabled" },
      { text: "450 5.2.1 mailbox disabled" },
      { text: "mailbox disabled", status: "4.2.1" },
      { text: "550 mailbox disabled", status: "4.2.1" },
    ]) {
      expect(classifyReply({ ...reply, command: "RCPT" }), reply.text).toMatchObject({ bounceType: "Transient" });
    }
    const said = { text: "550 5.2.1 mailbox disabled", status: "4.0.0", command: "RCPT" };
    expect(classifyReply(said)).toMatchObject({ reason: "suspend", bounceType: "Permanent" });
  });

  it("of a server that has looked its own user up is permanent, but with class 4 not enough to suppress", () => {
    const text = "4.1.1 <a@b.example>: Recipient address rejected: User unknown in local recipient table";
    expect(classifyReply({ text: `450 ${text}`, command: "RCPT" })).toMatchObject({
      bounceType: "Permanent",
      guessed: true,
    });
    const lasting = classifyReply({ text: `550 ${text.replace("4.1.1", "5.1.1")}`, command: "RCPT" });
    expect(lasting).toMatchObject({ bounceType: "Permanent", guessed: undefined });
  });

  it("of a name server that knows that there is no such name is permanent with a mailer's vague class 4", () => {
    const text = "DNS Error: DNS type 'mx' lookup of x.example responded with code NXDOMAIN\nDomain name not found";
    expect(classifyReply({ text, status: "4.0.0" })).toMatchObject({ reason: "hostunknown", guessed: undefined });
    const failing = text.replace("NXDOMAIN", "SERVFAIL").replace("Domain name not found", "");
    expect(classifyReply({ text: failing, status: "4.0.0" })).toMatchObject({ bounceType: "Transient" });
  });

  it("counts only where it speaks of the recipient: what a mailer writes around it is of any mail", () => {
    const text = "a@b.example: No such user\n\nThis may be a temporary failure. Please try again later.";
    expect(classifyReply({ text, status: "5.1.1" })).toMatchObject({ reason: "userunknown" });
    expect(classifyReply({ text: text.replace("\n\n", " "), status: "5.1.1" })).toMatchObject({
      reason: "systemerror",
    });
  });

  it("is of the sender, where a user or domain is unknown to MAIL or EHLO", () => {
    for (const text of [
      "550 user unknown",
      "550 domain does not exist",
      "550 account suspended",
      "550 user has moved",
    ]) {
      expect(classifyReply({ text, command: "MAIL" }).reason, text).toBe("rejected");
      expect(classifyReply({ text, command: "EHLO" }).reason, text).toBe("blocked");
    }
  });

  it("belongs to its own group where it names relaying, the message's form or its authentication", () => {
    const reason = (text: string) => classifyReply({ text, command: "DATA" }).reason;
    expect(reason("550 Daily relay quota exceeded")).toBe("norelaying");
    expect(reason("550 Hourly sending quota exceeded")).toBe("speeding");
    expect(reason("550 5.7.1 not RFC 5322 compliant. To reduce the amount of spam sent to Gmail")).toBe(
      "notcompliantrfc",
    );
    expect(reason("550 5.7.26 no authentication information. To best protect our users from spam")).toBe("authfailure");
    expect(reason("552 5.2.2 quota exceeded")).toBe("mailboxfull");
  });
});
