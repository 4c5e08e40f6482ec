import { describe, expect, test } from "vitest";
import { readMailHeader } from "../mail/mail-bodies.ts";
import { parseResults, readAuthentication } from "./authentication-results.ts";

const results = (value: string) => parseResults(value)?.results.map((one) => one.join("="));
const own = "Message-ID: <id@us-east-1.mailglass>\r\nFrom: a@example.com\r\n";
const read = (above: string, { below = "", authservId = null }: { below?: string; authservId?: string | null } = {}) =>
  readAuthentication(readMailHeader(Buffer.from(`${above}${own}${below}\r\n`)), authservId);

describe("a field is parsed", () => {
  test.each([
    ["mx.example.org; none", []],
    ["mx.example.org 1; spf=pass smtp.mailfrom=a@b.c", ["spf=pass"]],
    [
      "mx.example.org;\tspf=Pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=a@b.c;DKIM = pass header.d=b.c",
      ["spf=pass", "dkim=pass"],
    ],
    ['mx.example.org; dkim/1=pass header.i=@b.c; dkim=fail reason="bad; dkim=pass"', ["dkim=pass", "dkim=fail"]],
    ["mx.example.org; spf=fail (a (nested; spf=pass) comment \\) spf=pass) smtp.mailfrom=b", ["spf=fail"]],
    ["(comment) mx.example.org (;) ; (spf=pass)", []],
    ["mx.example.org; spf=softfail; spf", ["spf=softfail"]],
  ])("%s", (value, expected) => {
    expect(parseResults(value)?.authservId).toBe("mx.example.org");
    expect(results(value)).toEqual(expected);
  });

  test.each(["", " ", "(only a comment)", "; spf=pass", `mx; spf=pass ${"x".repeat(70_000)}`])("not %j", (value) => {
    expect(parseResults(value)).toBeUndefined();
  });
});

describe("of a header", () => {
  const field = (value: string) => `Authentication-Results: ${value}\r\n`;

  test("the receiving server's results count", () => {
    expect(read(field("MX.example.org; spf=pass; dkim=fail"))).toEqual({ spf: true, dkim: false });
    expect(read(field("mx.example.org; spf=none; dkim=temperror"))).toEqual({ spf: false, dkim: false });
    expect(read(field("mx.example.org; dkim=fail; dkim=pass; spf=neutral"))).toEqual({ spf: false, dkim: true });
    expect(read(`Received: from a by b\r\n${field("mx.example.org; dmarc=pass")}`)).toEqual({ spf: null, dkim: null });
    expect(read("")).toEqual({ spf: null, dkim: null });
  });

  test("fields of the same server are taken together, those of others are not", () => {
    const two = field("mx.example.org; spf=pass") + field("mx.example.org; dkim=pass");
    expect(read(two)).toEqual({ spf: true, dkim: true });
    expect(read(two + field("relay.example.net; spf=fail; dkim=fail"))).toEqual({ spf: true, dkim: true });
    expect(read(field("mx.example.org; spf=fail") + field("evil.example; dkim=pass"))).toEqual({
      spf: false,
      dkim: null,
    });
  });

  test("a field below the sender's own ones is the sender's", () => {
    const below = field("mx.example.org; spf=pass; dkim=pass");
    expect(read("", { below })).toEqual({ spf: null, dkim: null });
    expect(read(field("mx.example.org; spf=fail"), { below })).toEqual({ spf: false, dkim: null });
    expect(read("", { below, authservId: "mx.example.org" })).toEqual({ spf: null, dkim: null });
  });

  test("a chosen server's results count, wherever they are above", () => {
    const above = field("inner.example; spf=fail; dkim=fail") + field("mx.example.org; spf=pass; dkim=pass");
    expect(read(above, { authservId: "MX.example.org" })).toEqual({ spf: true, dkim: true });
    expect(read(above, { authservId: "other.example" })).toEqual({ spf: null, dkim: null });
  });

  test("mail without the field that this server writes first has no results", () => {
    const header = readMailHeader(Buffer.from(`${field("mx; spf=pass")}From: a@b.c\r\n\r\n`));
    expect(readAuthentication(header, null)).toEqual({ spf: null, dkim: null });
  });
});
