import { describe, expect, it } from "vitest";
import reasons from "../../../../src/mail/bounce/rules/reasons.json" with { type: "json" };
import { bounceReason } from "./bounce-reasons.ts";

describe("why mail came back, in plain words", () => {
  it("goes by SES's subtype where it says why", () => {
    const { reason } = bounceReason({ bounceType: "Transient", bounceSubType: "MailboxFull", status: "5.7.1" });
    expect(reason).toBe("The recipient's mailbox is full.");
  });

  it("goes by the server's status where the subtype says nothing", () => {
    const general = { bounceType: "Permanent", bounceSubType: "General" } as const;
    expect(bounceReason({ ...general, status: "5.1.1" }).reason).toBe("There is no such mailbox.");
    expect(bounceReason({ ...general, status: "5.7.26" }).reason).toMatch(/DMARC/);
    // Not in the registry: what it is about is known all the same.
    expect(bounceReason({ ...general, status: "5.1.99" }).reason).toBe("Something is wrong with the address.");
  });

  it("goes by the type where nothing else is known", () => {
    for (const status of [undefined, "", "5.0.0", "550", "9.1.1", "5.1.1.1", "constructor"]) {
      const { reason } = bounceReason({ bounceType: "Permanent", bounceSubType: "General", status });
      expect(reason).toBe("The recipient's server refused the mail for good.");
    }
    expect(bounceReason({ bounceType: "Undetermined", bounceSubType: "constructor" }).reason).toMatch(
      /does not say why/,
    );
  });

  it("knows every subtype that bounces are given here, by itself or its type", () => {
    const types = { Permanent: 0, Transient: 0, Undetermined: 0 };
    for (const { bounceType, bounceSubType } of Object.values(reasons)) {
      const type = (Object.keys(types) as (keyof typeof types)[]).find((one) => one === bounceType);
      expect(type).toBeDefined();
      const { reason, advice } = bounceReason({ bounceType: type ?? "Undetermined", bounceSubType });
      expect(reason).toMatch(/\.$/);
      expect(advice).toMatch(/\.$/);
      if (bounceSubType !== "General" && bounceSubType !== "Undetermined") {
        expect(reason).not.toBe(bounceReason({ bounceType: type ?? "Undetermined", bounceSubType: "General" }).reason);
      }
    }
  });
});
