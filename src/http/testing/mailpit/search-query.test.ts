import { describe, expect, test } from "vitest";
import { parseDate } from "./search-date.ts";
import { cleaned, parseSearch, type SearchedMail } from "./search-query.ts";

const mail: SearchedMail = {
  from: [{ name: "Shop Ärger", address: "shop@example.com" }],
  to: [
    { name: "To 5", address: "to-5@example.com" },
    { name: "", address: "to2-5@example.com" },
  ],
  cc: [{ name: "", address: "cc-5@example.com" }],
  bcc: [{ name: "", address: "hidden@example.net" }],
  replyTo: [{ name: "Reply To 5", address: "reply-to-5@example.com" }],
  subject: "Subject line 5 end",
  messageId: "0100-abc@us-east-1.mailglass",
  searchText: cleaned("From 5 <shop@example.com> Subject line 5 end This is the email body 5 <jdsauk;dwqmdqw;>. 100%_"),
  tags: ["Order Mail"],
  read: false,
  inline: 0,
  attachments: 1,
  at: new Date("2026-11-24T10:00:00Z"),
  size: 2_000,
};

const matches = (query: string, zone?: string) => parseSearch(query, zone)(mail);

describe("parseSearch", () => {
  test.each([
    "shop@example.com subject",
    "from:shop@EXAMPLE.com",
    'from:"shop ärger"',
    "to:to-5@example.com to:to2-5",
    'to:"To 5 <to-5@example.com>"',
    "cc:cc-5 bcc:hidden",
    'reply-to:"reply-to-5@example.com"',
    "addressed:hidden@example.net",
    'subject:"Subject line 5 end"',
    '"Subject line 5 end"',
    '"the email body 5 jdsauk dwqmdqw"',
    "message-id:0100-ABC@",
    'tag:"order mail" is:tagged',
    "is:unread -is:read !has:inline has:attachment has:attachments",
    "after:2026-11-24 before:2026-11-25",
    "after:2026-11-24T09:59:00Z -after:2026-11-24T10:00:01Z",
    "larger:1k smaller:1MB larger:1999 smaller:2001",
    "-nowhere -to:nobody -tag:order",
    "100%_",
    // Ignored.
    "!!! - to: -to: after:never -after:never larger:big -larger:big",
    "!https://",
    "",
  ])("%j matches", (query) => {
    expect(matches(query)).toBe(true);
  });

  test.each([
    "to:shop@example.com",
    "from:hidden",
    'subject:"line 5" subject:6',
    '"line Subject"',
    "tag:order",
    "is:read",
    "-is:unread",
    "has:inlines",
    "before:2026-11-24",
    "larger:2k",
    "smaller:2000",
    "-to:to-5@example.com",
    "!body",
    "nowhere",
    "100_5",
  ])("%j does not match", (query) => {
    expect(matches(query)).toBe(false);
  });

  test("reads dates in a time zone, and ignores unknown zones", () => {
    expect(matches('after:"2026-11-24 22:59"', "Pacific/Auckland")).toBe(true);
    expect(matches('after:"2026-11-24 23:01"', "Pacific/Auckland")).toBe(false);
    expect(matches("after:2026-11-20", "Nowhere/Else")).toBe(true);
  });

  test("a query of any length is no error", () => {
    expect(matches(`${"-x ".repeat(100_000)}"`)).toBe(false);
  });
});

describe("parseDate", () => {
  test.each([
    ["2026-11-24", "2026-11-24T00:00:00.000Z"],
    ["2026/1/4 10:11", "2026-01-04T10:11:00.000Z"],
    ["2026-11-24T10:11:12.5+02:00", "2026-11-24T08:11:12.500Z"],
    ["24 Nov 2026 10:00", "2026-11-24T10:00:00.000Z"],
    ["Tue, 24 Nov 2026 10:00:00 GMT", "2026-11-24T10:00:00.000Z"],
    ["1795514400", "2026-11-24T10:00:00.000Z"],
    ["1795514400000", "2026-11-24T10:00:00.000Z"],
  ])("%s", (text, instant) => {
    expect(parseDate(text, "UTC")?.toISOString()).toBe(instant);
  });

  test("summer time is that of the date, not of today", () => {
    expect(parseDate("2026-07-01 12:00", "Europe/Berlin")?.toISOString()).toBe("2026-07-01T10:00:00.000Z");
    expect(parseDate("2026-12-01 12:00", "Europe/Berlin")?.toISOString()).toBe("2026-12-01T11:00:00.000Z");
  });

  test.each(["", "yesterday", "2026-13-45", "2026-11-24T99:00", "x".repeat(100_000)])("%.20s is none", (text) => {
    expect(parseDate(text, "UTC")).toBeUndefined();
  });
});
