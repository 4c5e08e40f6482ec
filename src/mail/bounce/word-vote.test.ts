import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../../test/support/runs.ts";
import { classifyReply } from "./reply.ts";
import { likelyReason } from "./word-vote.ts";

describe("a text that no phrase is in", () => {
  test.each([
    ["550 nobody of that name has a box on this machine", "Permanent/General"],
    ["552 this box holds more than its owner paid for", "Transient/MailboxFull"],
    ["554 we talk to nobody whose network is on lists", "Transient/General"],
  ])("%s: %s, as most of its words are said of that", (text, meaning) => {
    const found = classifyReply({ text, command: "RCPT" });
    expect(`${found.bounceType}/${found.bounceSubType}`).toBe(meaning);
    expect(found.guessed).toBe(true);
  });

  test.each([
    ["says nothing", "550 Requested action not taken"],
    ["is one word", "550 no."],
    ["has no word that is known", "550 zxcv qwertz hjkl"],
    ["has no words", "550 5.0.0"],
  ])("that %s stays undetermined", (_, text) => {
    expect(classifyReply({ text, command: "RCPT" })).toMatchObject({ bounceType: "Undetermined", weight: 0 });
  });

  test.each([
    [
      "Exim",
      `This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  an undisclosed address
    (generated from a@b.example)
Mail delivery failed: returning message to sender`,
    ],
    [
      "a qmail with the message's own fields",
      `I'm afraid I wasn't able to deliver the following message.
This is a permanent error; I've given up. Sorry it didn't work out.

Subject: [List] Re: The mailbox is not full of spam, and no user is unknown
To: a@b.example
failure notice`,
    ],
    ["Exchange's subject", "\nUndeliverable: Your alert of mail that nobody wants"],
  ])("that is only what %s writes around a reason speaks for none", (_, text) => {
    expect(likelyReason(text, undefined)).toBeUndefined();
  });

  test("is of a dead address only where the server refused for good", () => {
    const text = "nobody of that name has a box on this machine";
    expect(likelyReason(text, "5")?.reason).toBe("userunknown");
    expect(likelyReason(text, "4")?.reason).not.toBe("userunknown");
  });

  test("says nothing of an address where the greeting or the sender was refused", () => {
    const text = "554 nobody of that name has a box on this machine";
    for (const command of ["EHLO", "MAIL"]) expect(classifyReply({ text, command }).bounceType).toBe("Transient");
  });

  test("counts for less than what any table says", () => {
    expect(classifyReply({ text: "550 5.2.2 nobody of that name has a box on this machine" }).reason).toBe(
      "mailboxfull",
    );
    expect(classifyReply({ text: "550 nobody of that name has a box; over quota" }).reason).toBe("mailboxfull");
  });

  test("counts for more than the status that a mailer made up, where most words are sure", () => {
    const found = classifyReply({ text: "550 nobody of that name has a box on this machine", status: "5.3.0" });
    expect(found).toMatchObject({ reason: "userunknown", guessed: true });
  });

  test("is judged by the sentence that says most, where mailers say a lot around it", () => {
    const text = `This is the mail system at host mx.example.com.

I'm sorry to have to inform you that your message could not be delivered to one or more recipients.

It came back since nobody of that name has a box on this machine. Please call the person or the people who look after
the machine that you sent it from, and tell them what this says and when it was that you sent it.`;
    expect(likelyReason(text, undefined)?.reason).toBe("userunknown");
  });

  test("of any length and script is judged without an error, in time that its length bounds", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 20_000 }),
        fc.constantFrom("4", "5", undefined),
        (text, of) => {
          expect(likelyReason(text, of)?.share ?? 1).toBeGreaterThanOrEqual(0.5);
        },
      ),
      { numRuns: runs(50) },
    );
    expect(likelyReason("mailbox ".repeat(1_000_000), "5")).toBeUndefined();
  });
});
