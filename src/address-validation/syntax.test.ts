import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { readValidAddress } from "./syntax.ts";

describe("HasValidSyntax", () => {
  it.each([
    ["user@example.com", "user@example.com"],
    ["First.Last+tag@Mail.Example.COM", "First.Last+tag@mail.example.com"],
    ['"quoted local"@example.com', '"quoted local"@example.com'],
    ["o'brien@example.com", "o'brien@example.com"],
    ["user@bücher.example", "user@xn--bcher-kva.example"],
    ["user@a-b.example", "user@a-b.example"],
    ["user@localhost", "user@localhost"],
  ])("accepts %s", (text, address) => {
    expect(readValidAddress(text)?.address).toBe(address);
  });

  it.each([
    "user",
    "@example.com",
    "user@",
    "user@@example.com",
    "a@b@example.com",
    ".user@example.com",
    "us..er@example.com",
    "user.@example.com",
    "user@example..com",
    "user@-example.com",
    "user@example-.com",
    "user@exa_mple.com",
    "user@[192.0.2.1]",
    " user@example.com",
    "user@example.com ",
    "User <user@example.com>",
    "<user@example.com>",
    "user@example.com (User)",
    "one@example.com, two@example.com",
    "üser@example.com",
    "us er@example.com",
    "user\u0000@example.com",
    `${"a".repeat(65)}@example.com`,
    `user@${"a".repeat(64)}.com`,
  ])("rejects %j", (text) => {
    expect(readValidAddress(text)).toBeUndefined();
  });

  it("accepts what it returns, and never throws", () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.emailAddress(),
      fc.string({ unit: fc.constantFrom(...'a.@-"<>( ü') }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const address = readValidAddress(text)?.address;
        if (address !== undefined) expect(readValidAddress(address)?.address).toBe(address);
      }),
      { numRuns: runs(1000) },
    );
  });
});
