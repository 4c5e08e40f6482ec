import { expect, it } from "vitest";
import { scoped } from "./scope.ts";

it.each([
  [
    "/admin/queue",
    { account: "111122223333", region: "eu-west-1" },
    "/admin/queue?account=111122223333&region=eu-west-1",
  ],
  ["/messages?subject=a%26b", { region: "eu-west-1" }, "/messages?subject=a%26b&region=eu-west-1"],
  ["/?account=1&by=isp&region=x", { account: "2", region: "y" }, "/?account=2&by=isp&region=y"],
  ["/?account=1&by=isp&region=x", {}, "/?by=isp"],
  ["/?account=1", {}, "/"],
  ["/messages?subject=100%25", {}, "/messages?subject=100%25"],
  ["/messages?subject=why?now", { account: "1" }, "/messages?subject=why%3Fnow&account=1"],
])("%s for %o is %s", (path, scope, expected) => {
  expect(scoped(path, scope)).toBe(expected);
});

it("a path stays what it is where nothing was chosen", () => {
  expect(scoped("/messages?isp=Gmail&isp=Yahoo")).toBe("/messages?isp=Gmail&isp=Yahoo");
});
