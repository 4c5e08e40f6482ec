import { describe, expect, it } from "vitest";
import { createClickHaste } from "./click-haste.ts";
import { createEventRate, maxEvents } from "./event-rate.ts";
import { machineOf, userAgentOf } from "./machine.ts";

const chrome =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

describe("who is a machine, by User-Agent", () => {
  it.each([
    [chrome, undefined],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
      undefined,
    ],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", undefined],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", undefined],
    ["Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17126; Pro)", undefined],
    ["Outlook-iOS/2.0", undefined],
    // Fetched when a person opens the mail.
    ["Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)", undefined],
    ["YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", undefined],
    // Fetched whether or not.
    ["Mozilla/5.0", "proxy"],
    [
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
      "prefetch",
    ],
    ["BarracudaCentral/1.0", "scanner"],
    ["Mimecast URL Protect", "scanner"],
    [`${chrome} BingPreview/1.0b`, "scanner"],
    ["Mozilla/5.0 (compatible; Proofpoint URL Defense)", "scanner"],
    ["curl/8.5.0", "bot"],
    ["python-requests/2.32.3", "bot"],
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"],
    [`${chrome.replace("Chrome", "HeadlessChrome")}`, "bot"],
    ["", "bot"],
  ])("%s: %s", (userAgent, machine) => {
    expect(machineOf({ headers: { "user-agent": userAgent } })).toBe(machine);
  });
});

it.each([
  { purpose: "prefetch" },
  { "sec-purpose": "prefetch;prerender" },
  { "x-purpose": "preview" },
  { "x-moz": "prefetch" },
])("who fetches ahead: %j", (given) => {
  expect(machineOf({ headers: { "user-agent": chrome, ...given } })).toBe("prefetch");
  expect(machineOf({ headers: { "user-agent": chrome, purpose: "view" } })).toBeUndefined();
});

it("a User-Agent of any length is read in part", () => {
  const userAgent = "Mozilla/5.0 ".repeat(2000);
  expect(userAgentOf({ "user-agent": userAgent })).toHaveLength(512);
});

describe("haste", () => {
  const sentAt = new Date("2026-11-24T10:00:00Z");
  const click = (token: string, seconds: number, recipient = "ann@example.com") => ({
    ...{ messageId: "m", recipient, sentAt, token },
    at: new Date(sentAt.getTime() + seconds * 1000),
  });

  it("is a third link of a message within two seconds", () => {
    const isHasty = createClickHaste(false);
    expect([click("1", 9), click("2", 9.5), click("3", 10.9), click("4", 10.99)].map(isHasty)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect([click("5", 11.1), click("6", 12), click("6", 12.5)].map(isHasty)).toEqual([false, false, false]);
  });

  it("is not a link that is followed again, nor what other recipients do", () => {
    const isHasty = createClickHaste(false);
    expect(["1", "2", "1", "2", "1"].map((token) => isHasty(click(token, 9)))).not.toContain(true);
    expect(["a", "b", "c", "d"].map((name) => isHasty(click(name, 9, `${name}@example.com`)))).not.toContain(true);
  });

  it("is a click before the mail can have arrived, where mail travels", () => {
    expect(createClickHaste(true)(click("1", 1.9))).toBe(true);
    expect(createClickHaste(true)(click("1", 2))).toBe(false);
    expect(createClickHaste(false)(click("1", 0))).toBe(false);
  });
});

it("a token brings so many events a minute, and others as many", () => {
  const mayTell = createEventRate();
  const start = Date.parse("2026-11-24T10:00:00Z");
  const at = (seconds: number) => new Date(start + seconds * 1000);
  const told = (token: string, seconds: number) =>
    Array.from({ length: 50 }, () => mayTell(token, at(seconds))).filter(Boolean).length;
  expect(told("one", 0)).toBe(maxEvents);
  expect(told("one", 59)).toBe(0);
  expect(told("two", 59)).toBe(maxEvents);
  expect(told("one", 60)).toBe(maxEvents);
  // A clock that is set back does not stop them.
  expect(told("one", -3600)).toBe(maxEvents);
});
