import { expect, it } from "vitest";
import { operations } from "../../contract/operations.ts";
import type { OperationName } from "../../contract/types.ts";
import { formatGrant, type KeyRights, KeyRightsError, mayCall, parseKeyRights, readKeyRights } from "./key-rights.ts";
import { operationRights } from "./operation-rights.ts";

const arn = (resource: string) => `arn:aws:ses:us-east-1:123456789012:${resource}`;
const example = arn("identity/example.com");
const set = arn("configuration-set/set");

it.each<[values: string[], rights: KeyRights | undefined]>([
  [[], undefined],
  [["send"], [{ right: "send" }]],
  [
    ["send:example.com", "read", "send:example.com"],
    [{ right: "send", identity: "example.com" }, { right: "read" }],
  ],
  [["write:User@EXAMPLE.com"], [{ right: "write", identity: "User@example.com" }]],
  [["send:bücher.example"], [{ right: "send", identity: "xn--bcher-kva.example" }]],
])("--allow %j", (values, rights) => {
  expect(parseKeyRights(values)).toEqual(rights);
  expect(parseKeyRights(rights?.map(formatGrant) ?? [])).toEqual(rights);
  const stored: unknown = JSON.parse(JSON.stringify(rights ?? null));
  expect(readKeyRights(stored)).toEqual(rights);
});

it.each([
  ["", "the rights are send, read, write"],
  ["Send", '"Send" is no right'],
  ["send,read", '"send,read" is no right'],
  ["all", '"all" is no right'],
  ["constructor", '"constructor" is no right'],
  ["send:", "a domain or an email address must follow the colon"],
  ["send:*", "a domain or an email address must follow the colon"],
  ["send:a@b@", "a domain or an email address must follow the colon"],
  ["send: example.com", "a domain or an email address must follow the colon"],
  [`send:${"x".repeat(10_000)}`, "a domain or an email address must follow the colon"],
])("--allow is refused: case %#", (value, error) => {
  expect(() => parseKeyRights(["read", value])).toThrow(KeyRightsError);
  expect(() => parseKeyRights([value])).toThrow(error);
  expect(() => parseKeyRights([value])).toThrow(/^.{1,250}$/s);
});

it("has a limit of rights", () => {
  const values = (count: number) => Array.from({ length: count }, (_, at) => `send:d${at}.example`);
  expect(parseKeyRights(values(50))).toHaveLength(50);
  expect(readKeyRights(parseKeyRights(values(50)))).toHaveLength(50);
  expect(() => parseKeyRights(values(51))).toThrow("a key can have at most 50 rights");
});

it.each([
  [[{ right: "admin" }]],
  [[{ right: "send" }, { right: "newer" }]],
  [[{ right: "send", region: "us-east-1" }]],
  [[{ right: "send", identity: null }]],
  [{ right: "send" }],
  ["send"],
  [0],
  [false],
])("stored rights that can't be read allow nothing: %j", (stored) => {
  const rights = readKeyRights(stored);
  expect(operations.filter(({ name }) => mayCall(rights, name, [example]))).toEqual([]);
});

const send = [{ right: "send" }] as const;
const sendOne = [{ right: "send", identity: "example.com" }] as const;
const readOne = [{ right: "read", identity: "example.com" }] as const;
const writeOne = [{ right: "write", identity: "user@example.com" }] as const;

it.each<[rights: KeyRights | undefined, operation: OperationName, resources: string[], may: boolean]>([
  [undefined, "DeleteEmailIdentity", [example], true],
  [[], "SendEmail", [example], false],
  [send, "SendEmail", [arn("identity/any.example")], true],
  [send, "SendBulkEmail", [], true],
  [send, "GetAccount", [], false],
  [send, "DeleteEmailIdentity", [example], false],
  [send, "SendCustomVerificationEmail", [], false],
  [sendOne, "SendEmail", [example], true],
  [sendOne, "SendEmail", [example, set], true],
  [sendOne, "SendEmail", [arn("identity/user@example.com")], true],
  [sendOne, "SendEmail", [arn("identity/user@EXAMPLE.com")], true],
  [sendOne, "SendEmail", [arn("identity/sub.example.com")], false],
  [sendOne, "SendEmail", [arn("identity/user@sub.example.com")], false],
  [sendOne, "SendEmail", [arn("identity/badexample.com")], false],
  [sendOne, "SendEmail", [example, arn("identity/example.org")], false],
  [sendOne, "SendEmail", [set], false],
  [sendOne, "SendEmail", [], false],
  [sendOne, "SendEmail", ["example.com"], false],
  [sendOne, "SendEmail", ["arn:aws:sns:us-east-1:123456789012:identity/example.com"], false],
  [sendOne, "GetEmailIdentity", [example], false],
  [readOne, "GetEmailIdentity", [example], true],
  [readOne, "ListEmailIdentities", [], false],
  [readOne, "GetConfigurationSet", [set], false],
  [readOne, "SendEmail", [example], false],
  [writeOne, "PutEmailIdentityMailFromAttributes", [arn("identity/user@example.com")], true],
  [writeOne, "PutEmailIdentityMailFromAttributes", [arn("identity/User@example.com")], false],
  [writeOne, "PutEmailIdentityMailFromAttributes", [example], false],
  [writeOne, "CreateTenantResourceAssociation", [arn("identity/user@example.com"), arn("tenant/t/tn-1")], false],
  [[...readOne, ...sendOne], "SendEmail", [example], true],
  [[...readOne, { right: "read" }], "ListEmailIdentities", [], true],
  [[{ right: "read" }], "BatchGetMetricData", [], true],
  [[{ right: "read" }], "CreateExportJob", [], false],
])("%j, %s of %j: %s", (rights, operation, resources, may) => {
  expect(mayCall(rights, operation, resources)).toBe(may);
});

it("every operation has a right, and one that fits its method", () => {
  expect(Object.keys(operationRights)).toEqual(operations.map(({ name }) => name));
  const named = (right: string, method: string) =>
    operations.filter((one) => operationRights[one.name] === right && one.method === method).map(({ name }) => name);
  expect(operations.filter(({ name }) => operationRights[name] === "send").map(({ name }) => name)).toEqual([
    "SendBulkEmail",
    "SendEmail",
  ]);
  expect([...named("write", "GET"), ...named("read", "PUT"), ...named("read", "DELETE")]).toEqual([]);
  // What only reads, though its input is in a body.
  expect(named("read", "POST")).toEqual([
    "BatchGetMetricData",
    "GetEmailAddressInsights",
    "GetTenant",
    "ListConfigurationSets",
    "ListContacts",
    "ListEmailIdentities",
    "ListEmailIdentityCertificates",
    "ListExportJobs",
    "ListImportJobs",
    "ListRecommendations",
    "ListReputationEntities",
    "ListResourceTenants",
    "ListTenantResources",
    "ListTenants",
    "TestRenderEmailTemplate",
  ]);
});
