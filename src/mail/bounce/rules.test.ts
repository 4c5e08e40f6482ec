import { describe, expect, it } from "vitest";
import phrases from "./rules/phrases.json" with { type: "json" };
import reasons from "./rules/reasons.json" with { type: "json" };
import statuses from "./rules/statuses.json" with { type: "json" };
import { afterCommand, findingOfReply, findingOfStatus, findingOfText, meaningOf } from "./rules.ts";

const text = (words: string, host = "", replyClass?: string) => findingOfText(words, host, replyClass)?.reason;

describe("the tables", () => {
  it("have no phrase twice", () => {
    const seen = new Map<string, string>();
    for (const { reason, hosts, replyClass, phrases: listed } of phrases) {
      for (const phrase of listed) {
        const key = `${phrase
          .toLowerCase()
          .replace(/['’]/g, "")
          .replace(/[^\p{L}\p{N}*]+/gu, " ")} ${hosts} ${replyClass}`;
        expect(seen.get(key), `${phrase} (${reason})`).toBeUndefined();
        seen.set(key, reason);
      }
    }
  });

  it("use SES's names", () => {
    const delays = ["General", "MailboxFull", "SpamDetected", "RecipientServerError", "IPFailure"];
    for (const meaning of Object.values(reasons)) {
      expect(["Permanent", "Transient", "Undetermined"]).toContain(meaning.bounceType);
      expect([...delays, "TransientCommunicationFailure", "Undetermined"]).toContain(meaning.delayType);
    }
  });

  it("give each status a reason that exists", () => {
    for (const [status, reason] of Object.entries(statuses.statuses)) {
      expect(status).toMatch(/^[245X]\.\d{1,3}\.\d{1,3}$/);
      expect(Object.keys(reasons)).toContain(reason);
    }
  });
});

describe("findingOfText", () => {
  it("compares words, not letters: case, punctuation and line breaks make no difference", () => {
    expect(text("USER-UNKNOWN!")).toBe("userunknown");
    expect(text("user\n   unknown")).toBe("userunknown");
    expect(text("multiuser knowns")).toBeUndefined();
    expect(text("DNSBLs")).toBe("blocked");
    expect(text("hyperdnsbl")).toBeUndefined();
  });

  it("lets the last word go on, and words stand where the phrase has a star", () => {
    expect(text("it exceeds quotas")).toBe("mailboxfull");
    expect(text("the client host [192.0.2.1] was blocked")).toBe("blocked");
    expect(text(`it exceeds ${"and so on ".repeat(30)} quotas`)).toBeUndefined();
  });

  it("prefers the more specific phrase, and a server's own before all", () => {
    expect(text("Sender address rejected: Domain not found")).toBe("rejected");
    expect(text("Unknown user someone")).toBe("userunknown");
    expect(text("Unknown user someone", "mfsmax.docomo.ne.jp")).toBe("filtered");
  });

  it("may mean something else by the class of the reply", () => {
    expect(text("DNS Error: NXDOMAIN", "", "5")).toBe("hostunknown");
    expect(text("DNS Error: NXDOMAIN", "", "4")).toBe("networkerror");
  });

  it("finds nothing in nothing", () => {
    expect(text("")).toBeUndefined();
    expect(text("😀 \u0000 ###")).toBeUndefined();
  });
});

it("statuses and codes mean something by themselves, and less than words", () => {
  expect(findingOfStatus("5.7.25", true)?.reason).toBe("requireptr");
  expect(findingOfStatus("5.0.0", true)).toBeUndefined();
  expect(findingOfReply("552")?.reason).toBe("mesgtoobig");
  expect(findingOfReply("550")).toBeUndefined();
  expect(findingOfReply("__proto__")).toBeUndefined();
  expect(afterCommand("mailboxfull", "DATA")).toBe("mailboxfull");
  expect(meaningOf("exceedlimit")).toEqual({
    bounceType: "Transient",
    bounceSubType: "MessageTooLarge",
    delayType: "General",
  });
});
