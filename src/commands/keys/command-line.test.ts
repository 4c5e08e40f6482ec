import { expect, it } from "vitest";
import { type KeysCall, readKeysCall, UsageError } from "./command-line.ts";

const everything = { accountId: undefined, allow: undefined };
const id = "AKIAIOSFODNN7EXAMPLE";

it.each<[string[], KeysCall]>([
  [["create"], { name: "create", description: "", seconds: undefined, ...everything, json: false }],
  [
    ["create", "--description", "a b", "--seconds=900", "--json"],
    { name: "create", description: "a b", seconds: 900, ...everything, json: true },
  ],
  [
    ["create", "--account", "123456789012"],
    { name: "create", description: "", seconds: undefined, accountId: "123456789012", allow: undefined, json: false },
  ],
  [
    ["create", "--allow", "send:Example.com", "--allow=read"],
    {
      ...{ name: "create", description: "", seconds: undefined, ...everything },
      ...{ allow: ["send:Example.com", "read"], json: false },
    },
  ],
  [["list"], { name: "list", json: false }],
  [["list", "--json"], { name: "list", json: true }],
  [["delete", id], { name: "delete", id }],
  [["activate", id], { name: "activate", id }],
  [["deactivate", id], { name: "deactivate", id }],
  [["smtp-password"], { name: "smtp-password", region: undefined }],
  [["smtp-password", "--region", "eu-west-1"], { name: "smtp-password", region: "eu-west-1" }],
])("%j is understood", (args, call) => expect(readKeysCall(args)).toEqual(call));

it.each([
  [[]],
  [["make"]],
  [["create", "it"]],
  [["create", "--seconds", ""]],
  [["create", "--seconds", "1e3"]],
  [["create", "--region", "x"]],
  [["create", "--allow"]],
  [["create", "--allow", "everything"]],
  [["create", "--allow", "send:"]],
  [["create", "--allow", "send", "--allow", "read:not a name"]],
  [["list", "--allow", "send"]],
  [["list", "--description", "x"]],
  [["list", "--account", "123456789012"]],
  [["list", "--frob"]],
  [["delete"]],
  [["delete", id, id]],
  [["delete", "../../x"]],
  [["smtp-password", "secret"]],
])("%j is not, and the usage is told", (args) => {
  expect(() => readKeysCall(args)).toThrow(UsageError);
  expect(() => readKeysCall(args)).toThrow("usage: mailglass keys");
});
