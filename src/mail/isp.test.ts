import { expect, test } from "vitest";
import { hasFeedbackLoop, ispNames, ispOf, unknownIsp } from "./isp.ts";

test.each([
  ["gmail.com", "Gmail"],
  ["googlemail.com", "Gmail"],
  ["yahoo.co.uk", "Yahoo"],
  ["yahoo.co.jp", "Yahoo_Japan"],
  ["outlook.com", "Hotmail"],
  ["web.de", "WEB_DE"],
  ["mail.gmail.com", unknownIsp],
  ["example.com", unknownIsp],
  ["", unknownIsp],
  ["constructor", unknownIsp],
])("%s is of %s", (domain, isp) => {
  expect(ispOf(domain)).toBe(isp);
});

test("names can be dimension values, and stand for one provider each", () => {
  for (const name of ispNames) expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
  expect(new Set(ispNames).size).toBe(ispNames.length);
  expect(ispNames.at(-1)).toBe("UNKNOWN_ISP");
});

test("Gmail and what is unknown have no feedback loop", () => {
  expect(["Gmail", "UNKNOWN_ISP", "nonsense"].map(hasFeedbackLoop)).toEqual([false, false, false]);
  expect(["Yahoo", "Hotmail", "Comcast"].map(hasFeedbackLoop)).toEqual([true, true, true]);
});
