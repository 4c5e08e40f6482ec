import { expect, it } from "vitest";
import { type AccountsCall, readAccountsCall, UsageError } from "./command-line.ts";

const id = "111122223333";

it.each<[string[], AccountsCall]>([
  [["create"], { name: "create", id: undefined, accountName: "", json: false }],
  [["create", "--id", id, "--name=a b", "--json"], { name: "create", id, accountName: "a b", json: true }],
  [["list"], { name: "list", json: false }],
  [["list", "--json"], { name: "list", json: true }],
  [["delete", id], { name: "delete", id }],
  [["--help"], { name: "help" }],
  [["create", "-h"], { name: "help" }],
])("%j is understood", (args, call) => expect(readAccountsCall(args)).toEqual(call));

it.each([
  [[]],
  [["make"]],
  [["create", id]],
  [["create", "--id"]],
  [["list", "--id", id]],
  [["delete"]],
  [["delete", id, id]],
  [["delete", "--json", id]],
])("%j is not, and the usage is told", (args) => {
  expect(() => readAccountsCall(args)).toThrow(UsageError);
  expect(() => readAccountsCall(args)).toThrow("usage: mailglass accounts");
});
