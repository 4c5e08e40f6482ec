import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "../../test/support/runs.ts";
import { parseAddress, parseAddressList } from "./address.ts";

describe("malformed addresses", () => {
  test.each([
    ["", "Illegal address"],
    ["   ", "Illegal address"],
    ["<>", "Illegal address"],
    ["Karen, Chan <karen@example.com>", "Illegal address"],
    ["a@example.com, b@example.com", "Illegal address"],
    ["Karen Chan <karen @example.com>", "Local address contains control or whitespace"],
    ["Karen karen@example.com", "Local address contains control or whitespace"],
    ["jörg@example.com", "Local address contains control or whitespace"],
    ["a\r\nBcc: victim@example.com", "Local address contains control or whitespace"],
    ["github:somebody", "Local address contains illegal character"],
    [".a@example.com", "Local address starts with dot"],
    ["a.@example.com", "Local address ends with dot"],
    ["a..b@example.com", "Local address contains dot-dot"],
    ["postmaster", "Missing final '@domain'"],
    ["Somebody <postmaster>", "Missing final '@domain'"],
    ["@example.com", "Missing local name"],
    ["a@", "Missing domain"],
    ["a@exa mple.com", "Domain contains control or whitespace"],
    ["a@example.com\r\nBcc: b@c.d", "Domain contains control or whitespace"],
    ["a@exam\u00a0ple.com", "Domain contains control or whitespace"],
    ["fromname@gmail.com%!", "Domain contains illegal character"],
    ["a@b@", "Missing domain"],
    ["a@b c@d.e", "Domain contains control or whitespace"],
    ["a@@c.d", "Domain contains illegal character"],
    ['"a"@b@c.d', "Domain contains illegal character"],
    ['"a@b"', "Missing final '@domain'"],
    ["a@[192.0.2.1]", "Domain contains illegal character"],
    ["a@under_score.com", "Domain contains illegal character"],
    ["a@.example.com", "Domain starts with dot"],
    ["a@example.com.", "Domain ends with dot"],
    ["a@example..com", "Domain contains dot-dot"],
    ["a@１２７.０.０.１", "Domain contains illegal character"],
    ["A <a@b.c> <d@e.f>", "Extra route-addr"],
    ["A <a@b.c", "Missing '>'"],
    ['"A <a@b.c>', "Missing '\"'"],
    ["a@b.c (A", "Missing ')'"],
    ['"a"b@c.d', "Quote not at end of local address"],
    ['a"b"@c.d', "Quote not at start of local address"],
    ['"a\r\nb"@c.d', 'Invalid email address "\\"a\\r\\nb\\"@c.d".'],
    [`${"a".repeat(65)}@b.c`, "Local address is longer than 64 characters"],
    [`a@${"b".repeat(64)}.c`, "Domain has a label longer than 63 characters"],
    [`a@${"bbbbbbb.".repeat(32)}com`, "Domain is longer than 255 characters"],
  ])("%j is refused: %s", (text, message) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ name: "MailError", message }));
  });

  test("an address of more than 320 characters with its name is refused, and told in full", () => {
    const text = `${"n".repeat(310)} <a@example.com>`;
    expect(() => parseAddress(text)).toThrow(`Address length is more than 320 characters long: '${text}'.`);
    expect(parseAddress(`${"n".repeat(300)} <a@example.com>`).displayName).toBe("n".repeat(300));
    expect(() => parseAddress(`${"(".repeat(4_000_000)}a@b.c`)).toThrow("Address length is more than 320 characters");
  });
});

describe("well-formed addresses", () => {
  test.each([
    ["a@b.c", undefined, "a@b.c"],
    [" a@b.c ", undefined, "a@b.c"],
    ["<a@b.c>", undefined, "a@b.c"],
    ["Name <a@b.c>", "Name", "a@b.c"],
    ['"Chan, Karen" <a@b.c>', "Chan, Karen", "a@b.c"],
    ['"say \\"hi\\" \\\\" <a@b.c>', 'say "hi" \\', "a@b.c"],
    ["Jörg Müller <a@b.c>", "Jörg Müller", "a@b.c"],
    ["=?utf-8?Q?J=C3=B6rg?= <a@b.c>", "Jörg", "a@b.c"],
    ["=?ISO-2022-JP?B?GyRCJDMkcxsoQg==?= <a@b.c>", "こん", "a@b.c"],
    ["a@b.c (Old Name)", "Old Name", "a@b.c"],
    ["A (nested (comment)) <a@b.c>", "A", "a@b.c"],
    ['"quoted local"@b.c', undefined, '"quoted local"@b.c'],
    ["a+label@b.c", undefined, "a+label@b.c"],
    ["a@localhost", undefined, "a@localhost"],
    ["a@b@example.com", undefined, '"a@b"@example.com'],
    ["A <a@b.c@d@example.com>", "A", '"a@b.c@d"@example.com'],
    ["a@bücher.example", undefined, "a@xn--bcher-kva.example"],
    ["Foo@Example.COM", undefined, "Foo@Example.COM"],
  ])("%j", (text, displayName, address) => {
    expect(parseAddress(text)).toMatchObject({ displayName, address });
  });

  test("a line break in a display name becomes a space", () => {
    const { displayName } = parseAddress("Evil\r\nBcc: victim@example.com <a@b.c>".replace("victim@example.com", "x"));
    expect(displayName).toBe("Evil Bcc: x");
    expect(parseAddress("=?utf-8?Q?a=0D=0ABcc=3A_b?= <a@b.c>").displayName).toBe("a Bcc: b");
  });

  test("the domain is told in lower case beside the address, the local part as it is", () => {
    expect(parseAddress("Foo@Example.COM")).toMatchObject({ localPart: "Foo", domain: "example.com" });
  });
});

describe("address lists", () => {
  test("commas in quotes, comments and groups", () => {
    const list = 'a@b.c, "Doe, J." <d@e.f>, x@y.z (one, two), Team: m@n.o, <p@q.r>;, , undisclosed:;';
    expect(parseAddressList(list).map((one) => one.address)).toEqual(["a@b.c", "d@e.f", "x@y.z", "m@n.o", "p@q.r"]);
  });
  test("nothing", () => {
    expect(parseAddressList("undisclosed-recipients:;")).toEqual([]);
  });
  test("one bad mailbox refuses the list", () => {
    expect(() => parseAddressList("a@b.c, nobody")).toThrow("Missing final '@domain'");
  });
});

test("whatever comes in, an accepted address holds no control character and nothing but ASCII", () => {
  const piece = fc.constantFrom(
    "a",
    "@",
    ".",
    "<",
    ">",
    '"',
    "\\",
    "(",
    ")",
    ",",
    "\r\n",
    "\0",
    " ",
    "é",
    "=?utf-8?Q?=0A?=",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      let parsed: ReturnType<typeof parseAddress>;
      try {
        parsed = parseAddress(pieces.join(""));
      } catch (error) {
        expect(error).toMatchObject({ name: "MailError" });
        return;
      }
      expect(parsed.address).toMatch(/^[ -~]+@[A-Za-z0-9.-]+$/);
      expect(parsed.displayName ?? "").not.toMatch(/[\p{Cc}]/u);
    }),
    { numRuns: runs(3000) },
  );
});
