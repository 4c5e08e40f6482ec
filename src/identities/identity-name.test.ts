import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identityCandidates, parseIdentityName } from "./identity-name.ts";

describe("parseIdentityName", () => {
  test.each([
    ["example.com", "example.com", "DOMAIN"],
    ["EXAMPLE.Com", "example.com", "DOMAIN"],
    ["a_b.example.com", "a_b.example.com", "DOMAIN"],
    ["münchen.example", "xn--mnchen-3ya.example", "DOMAIN"],
    ["MÜNCHEN.example", "xn--mnchen-3ya.example", "DOMAIN"],
    ["xn--mnchen-3ya.example", "xn--mnchen-3ya.example", "DOMAIN"],
    ["日本。example", "xn--wgv71a.example", "DOMAIN"],
    ["Foo@Example.COM", "Foo@example.com", "EMAIL_ADDRESS"],
    ["user+tag@example.com", "user+tag@example.com", "EMAIL_ADDRESS"],
    ["user/name@example.com", "user/name@example.com", "EMAIL_ADDRESS"],
    ['"user@name"@Example.com', '"user@name"@example.com', "EMAIL_ADDRESS"],
    ['"user \\" name"@example.com', '"user \\" name"@example.com', "EMAIL_ADDRESS"],
    [`${"l".repeat(64)}@ü.example`, `${"l".repeat(64)}@xn--tda.example`, "EMAIL_ADDRESS"],
  ])("reads %s", (text, name, type) => {
    expect(parseIdentityName(text)).toEqual({ name, type });
  });

  test.each([
    ["nothing", ""],
    ["a single label", "localhost"],
    ["a space before", " example.com"],
    ["a line break after", "example.com\n"],
    ["a NUL", "exa\0mple.com"],
    ["an empty label", "a..example"],
    ["a dot at the end", "example.com."],
    ["a hyphen at the end of a label", "name-.example"],
    ["a hyphen at the start of a label", "-name.example"],
    ["a label of 64", `${"a".repeat(64)}.example`],
    ["a name of 254", `${"a".repeat(61)}.`.repeat(4).concat("abcdef")],
    ["an IPv4 address", "192.0.2.1"],
    ["an IPv4 address in hex", "0x7f.0x0.0x0.0x1"],
    ["a numeric top-level domain", "example.123"],
    ["an encoded letter", "ex%61mple.com"],
    ["a path", "example.com/path"],
    ["a port", "example.com:25"],
    ["a wildcard", "*.example.com"],
  ])("refuses a domain with %s", (_, text) => {
    expect(() => parseIdentityName(text)).toThrow(`Invalid domain name <${text}>.`);
  });

  test.each([
    ["no local part", "@example.com"],
    ["no domain", "user@"],
    ["only the sign", "@"],
    ["a space", "us er@example.com"],
    ["two dots", "a..b@example.com"],
    ["a display name", "User <user@example.com>"],
    ["two signs", "a@b@example.com"],
    ["a letter beyond ASCII", "üser@example.com"],
    ["a line break in quotes", '"a\nb"@example.com'],
    ["a NUL", "a\0@example.com"],
    ["an open quote", '"a@example.com'],
    ["a local part of 65", `${"l".repeat(65)}@example.com`],
    ["an IP literal", "user@[192.0.2.1]"],
    ["a bad domain", "user@-example.com"],
  ])("refuses an address with %s", (_, text) => {
    expect(() => parseIdentityName(text)).toThrow(`Invalid email address <${text}>.`);
  });

  test("answers every text with a name that reads as itself, or with a bad request", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.emailAddress(),
      fc.domain(),
      fc.string({ unit: fc.constantFrom(...'aZ9.-_@"\\ ü。%') }),
    );
    fc.assert(
      fc.property(text, (given) => {
        let name: string;
        try {
          name = parseIdentityName(given).name;
        } catch (error) {
          expect(error).toMatchObject({ code: "BadRequestException" });
          return;
        }
        expect(parseIdentityName(name).name).toBe(name);
        expect(name).toMatch(/^[ -~]{3,318}$/);
      }),
    );
  });
});

test("identityCandidates goes from the address up to the domain below the top", () => {
  expect(identityCandidates("Foo@Mail.Example.co.uk")).toEqual([
    "Foo@mail.example.co.uk",
    "mail.example.co.uk",
    "example.co.uk",
    "co.uk",
  ]);
  expect(identityCandidates("example.com")).toEqual([]);
  expect(identityCandidates("nobody")).toEqual([]);
});
