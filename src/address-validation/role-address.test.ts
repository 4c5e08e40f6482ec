import { expect, test } from "vitest";
import { isRoleAddress } from "./role-address.ts";

test.each([
  ["postmaster", "HIGH"],
  ["Abuse", "HIGH"],
  ["support+ticket-5", "HIGH"],
  ["no-reply", "HIGH"],
  ["kontakt", "HIGH"],
  ["soporte", "HIGH"],
  ["sales-us", "MEDIUM"],
  ["support.de", "MEDIUM"],
  ["info2", "MEDIUM"],
  ["jane.doe", "LOW"],
  ["hello.kitty", "LOW"],
  ["infomax", "LOW"],
  ["rootes", "LOW"],
  ["constructor", "LOW"],
  ["", "LOW"],
])("IsRoleAddress of %j is %s", (localPart, verdict) => {
  expect(isRoleAddress(localPart)).toBe(verdict);
});
