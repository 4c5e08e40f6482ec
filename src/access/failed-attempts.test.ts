import { expect, it } from "vitest";
import { createFailedAttempts } from "./failed-attempts.ts";

it("takes sixty failures of an address, then one each second", () => {
  let now = 0;
  const attempts = createFailedAttempts(() => new Date(now));
  const failures = (count: number, address = "192.0.2.1") =>
    Array.from({ length: count }, () => attempts.count(address)).filter((tooMany) => !tooMany).length;
  expect(failures(90)).toBe(60);
  expect(failures(90, "192.0.2.2")).toBe(60);
  now += 1_000;
  expect(failures(90)).toBe(1);
  now += 60_000;
  expect(failures(90)).toBe(60);
  now -= 1_000_000;
  expect(failures(90)).toBe(60);
});

it("counts a network of IPv6 as one address, and an IPv4 address in either writing", () => {
  const attempts = createFailedAttempts(() => new Date(0));
  for (let host = 1; host <= 60; host++) expect(attempts.count(`2001:db8:0:1::${host}`)).toBe(false);
  expect(attempts.count("2001:db8:0:1:ffff::")).toBe(true);
  expect(attempts.count("2001:db8:0:2::1")).toBe(false);
  for (let time = 0; time < 60; time++) attempts.count("192.0.2.1");
  expect(attempts.count("::ffff:192.0.2.1")).toBe(true);
});

it("remembers the ten thousand addresses that failed last", () => {
  const attempts = createFailedAttempts(() => new Date(0));
  for (let time = 0; time < 61; time++) attempts.count("192.0.2.1");
  for (let host = 1; host < 10_000; host++) attempts.count(`10.0.${host >> 8}.${host & 255}`);
  expect(attempts.count("192.0.2.1")).toBe(true);
  for (let host = 0; host < 10_000; host++) attempts.count(`10.1.${host >> 8}.${host & 255}`);
  expect(attempts.count("192.0.2.1")).toBe(false);
});
