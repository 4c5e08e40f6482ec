import { expect, it } from "vitest";
import { canonicalAddress } from "./address-form.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["2001:db8:0:0:0:0:0:1", "2001:db8::1"],
  ["::1", "::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:c000:201", "192.0.2.1"],
])("%s is %s", (given, form) => {
  expect(canonicalAddress(given)).toBe(form);
});

it.each([
  "",
  "192.0.2",
  "192.0.2.256",
  "0xc0000201",
  "3221225985",
  "192.0.2.1/32",
  "fe80::1%eth0",
  "[::1]",
  "a.example",
  " ::1",
])("%j is no address", (given) => {
  expect(canonicalAddress(given)).toBeUndefined();
});
