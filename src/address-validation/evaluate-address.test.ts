import { describe, expect, it } from "vitest";
import { parseAddress } from "../mail/address.ts";
import { createAddressEvaluator, type EvaluationServices } from "./evaluate-address.ts";
import type { Verdict } from "./verdict.ts";

const never = new Promise<never>(() => {});

describe("the evaluation of an address", () => {
  let now = 0;
  const warnings: string[] = [];
  const create = (given: {
    dns?: () => Promise<Verdict | undefined>;
    mailbox?: () => Promise<Verdict | "none">;
    services?: Partial<EvaluationServices>;
  }) =>
    createAddressEvaluator({
      dns: { hasValidDnsRecords: given.dns ?? (async () => "HIGH") },
      evidence: { mailboxExists: given.mailbox ?? (async () => "none") },
      disposable: { isDisposable: async () => "LOW" },
      clock: () => new Date(now),
      log: { warn: (_, text) => warnings.push(text) },
      ...given.services,
    });

  it.each<[dns: Verdict | undefined, mailbox: Verdict | "none", isValid: Verdict]>([
    ["HIGH", "HIGH", "HIGH"],
    ["HIGH", "none", "MEDIUM"],
    ["HIGH", "LOW", "LOW"],
    ["LOW", "HIGH", "LOW"],
    ["LOW", "none", "LOW"],
    [undefined, "HIGH", "MEDIUM"],
    [undefined, "none", "MEDIUM"],
    [undefined, "LOW", "LOW"],
  ])("with DNS %s and a mailbox %s is %s", async (dns, mailbox, isValid) => {
    const evaluator = create({ dns: async () => dns, mailbox: async () => mailbox });
    const told = await evaluator.evaluate("jane.doe@example.com");
    expect(told).toEqual({
      isValid,
      evaluations: {
        HasValidSyntax: "HIGH",
        HasValidDnsRecords: dns,
        MailboxExists: mailbox === "none" ? undefined : mailbox,
        IsRoleAddress: "LOW",
        IsDisposable: "LOW",
        IsRandomInput: "LOW",
      },
    });
    const found = await evaluator.deliverability(parseAddress("jane.doe@example.com"));
    expect(found).toEqual({ isValid, complete: dns !== undefined });
  });

  it("leaves the others out if the syntax is invalid", async () => {
    const evaluator = create({ dns: () => never, mailbox: () => never });
    expect(await evaluator.evaluate("jane")).toEqual({ isValid: "LOW", evaluations: { HasValidSyntax: "LOW" } });
  });

  it("leaves out what fails or takes too long", async () => {
    const evaluator = create({
      dns: () => never,
      mailbox: async () => Promise.reject(new Error("the database is gone")),
      services: { deadlineMs: 1, disposable: { isDisposable: () => never } },
    });
    const evaluations = { HasValidSyntax: "HIGH", IsRoleAddress: "HIGH", IsRandomInput: "LOW" };
    expect(await evaluator.evaluate("info@example.com")).toEqual({ isValid: "MEDIUM", evaluations });
    expect(warnings).toHaveLength(1);
    const unknown = { isValid: "MEDIUM", complete: false };
    expect(await evaluator.deliverability(parseAddress("info@example.com"))).toEqual(unknown);
  });

  it("remembers for sending what it found, for a shorter time if it is incomplete", async () => {
    let mailbox: Verdict = "HIGH";
    let dns: Verdict | undefined;
    const { deliverability } = create({ dns: async () => dns, mailbox: async () => mailbox });
    const address = parseAddress("jane@example.com");
    expect(await deliverability(address)).toEqual({ isValid: "MEDIUM", complete: false });
    dns = "HIGH";
    now += 31_000;
    expect(await deliverability(address)).toEqual({ isValid: "HIGH", complete: true });
    mailbox = "LOW";
    now += 31_000;
    expect(await deliverability(address)).toEqual({ isValid: "HIGH", complete: true });
    now += 300_000;
    expect(await deliverability(address)).toEqual({ isValid: "LOW", complete: true });
  });
});
