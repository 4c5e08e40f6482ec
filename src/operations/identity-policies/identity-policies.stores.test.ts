import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, type ThreeScopes, threeScopes } from "../../../test/support/three-scopes.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import { identityArn } from "../../publishing/ses-event/sending-account.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { createAccountSettings } from "../account/settings.ts";
import { identityOperations } from "../identities/identity-operations.ts";
import { identityPolicyOperations } from "./identity-policy-operations.ts";

const context = callContext();
const clock = () => context.now;

describe.each(databases)("policies of identities on $name", ({ open }) => {
  let database: Database;
  let scopes: ThreeScopes;

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM email_identities"));

  function callsOf({ scope, database: scoped }: ScopeUnderTest) {
    const settings = createAccountSettings({ database: scoped, clock: () => new Date(0) });
    const sealer = createSealer(Buffer.alloc(32, 1));
    const identities = identityOperations({
      ...{ scope, database: scoped, settings, sealer, clock, proving: "assumed", verifier: undefined },
    });
    const operations = identityPolicyOperations({ database: scoped, settings, scope, clock });
    const policy = (elements: object = {}) => ({
      Version: "2012-10-17",
      Statement: [
        {
          ...{ Effect: "Allow", Principal: { AWS: "222222222222" }, Action: "ses:SendEmail" },
          ...{ Resource: identityArn(scope, "example.com"), ...elements },
        },
      ],
    });
    const text = (elements?: object) => JSON.stringify(policy(elements));
    return {
      ...{ settings, operations, policy, text },
      add: (EmailIdentity: string) => identities.CreateEmailIdentity({ EmailIdentity }, context),
      remove: (EmailIdentity: string) => identities.DeleteEmailIdentity({ EmailIdentity }, context),
      read: (EmailIdentity: string) => identities.GetEmailIdentity({ EmailIdentity }, context),
      create: (PolicyName: string, Policy = text(), EmailIdentity = "example.com") =>
        operations.CreateEmailIdentityPolicy({ EmailIdentity, PolicyName, Policy }, context),
      update: (PolicyName: string, Policy = text(), EmailIdentity = "example.com") =>
        operations.UpdateEmailIdentityPolicy({ EmailIdentity, PolicyName, Policy }, context),
      drop: (PolicyName: string, EmailIdentity = "example.com") =>
        operations.DeleteEmailIdentityPolicy({ EmailIdentity, PolicyName }, context),
      list: async (EmailIdentity = "example.com") =>
        (await operations.GetEmailIdentityPolicies({ EmailIdentity }, context)).Policies,
    };
  }

  test("are created, read back without white space, replaced and deleted", async () => {
    const { add, create, update, drop, list, read, policy, text } = callsOf(scopes[0]);
    await add("example.com");
    expect(await list()).toEqual({});
    expect(await create("one", JSON.stringify(policy(), null, 4))).toEqual({});
    await create("__proto__", text({ Sid: "of a name" }), "EXAMPLE.com");
    const both = Object.fromEntries([
      ["one", text()],
      ["__proto__", text({ Sid: "of a name" })],
    ]);
    expect(Object.entries((await list()) ?? {}).sort()).toEqual(Object.entries(both).sort());
    expect((await read("example.com")).Policies).toEqual(await list());
    expect(await update("one", text({ Effect: "Deny" }))).toEqual({});
    expect(await drop("__proto__")).toEqual({});
    expect(await list()).toEqual({ one: text({ Effect: "Deny" }) });
  });

  test("what is wrong is told in SES's order, and changes nothing", async () => {
    const { add, create, update, drop, list, text } = callsOf(scopes[0]);
    const bad = ["a b", "ü", "a/b", "x".repeat(65)];
    const unknown = "ghost.example.com";
    const noIdentity = ["NotFoundException", `Email identity ${unknown} does not exist.`];
    const badName = [
      "BadRequestException",
      "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores.",
    ];
    await add("example.com");
    await create("kept");
    for (const call of [create, update]) {
      expect(await refusalOf(call("a b", "{", unknown))).toEqual(noIdentity);
      for (const name of bad) expect(await refusalOf(call(name, "{"))).toEqual(badName);
      expect(await refusalOf(call("kept", "{"))).toEqual(["BadRequestException", "The policy is not valid JSON"]);
      expect(await refusalOf(call("kept", text({ Principal: { AWS: "999999999999" } })))).toEqual([
        "BadRequestException",
        'Policy contains an invalid principal: "999999999999" is no account',
      ]);
      const elsewhere = text({ Resource: identityArn(scopes[1].scope, "example.com") });
      expect((await refusalOf(call("kept", elsewhere)))[1]).toMatch(/^Invalid ARN: /);
    }
    expect(await refusalOf(create("kept", text({ Effect: "Deny" })))).toEqual([
      "AlreadyExistsException",
      "Policy <kept> already exists",
    ]);
    const missing = ["NotFoundException", "Policy <other> does not exist"];
    expect(await refusalOf(update("other"))).toEqual(missing);
    expect(await refusalOf(drop("other"))).toEqual(missing);
    expect(await refusalOf(drop("a b"))).toEqual(badName);
    expect(await refusalOf(drop("a b", unknown))).toEqual(noIdentity);
    expect(await refusalOf(list(unknown))).toEqual(noIdentity);
    expect(await refusalOf(list("not a name"))).toEqual([
      "NotFoundException",
      "Email identity not a name does not exist.",
    ]);
    expect(await list()).toEqual({ kept: text() });
  });

  test.each([
    ["a condition key that no request has", { Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } }],
    ["a condition operator", { Condition: { BinaryEquals: { "ses:FromAddress": "YQ==" } } }],
    ["NotPrincipal", { NotPrincipal: "*" }],
    ["a role", { Principal: { AWS: "arn:aws:iam::222222222222:role/r" } }],
  ])("%s can't be evaluated, so the policy is refused", async (_, elements) => {
    const { add, create, list, text } = callsOf(scopes[0]);
    await add("example.com");
    expect((await refusalOf(create("one", text(elements))))[0]).toBe("BadRequestException");
    expect(await list()).toEqual({});
  });

  test("an identity has at most 20, also if several calls add them", async () => {
    const { add, create, list, drop } = callsOf(scopes[0]);
    await add("example.com");
    await add("other.example.com");
    const answers = await Promise.allSettled(Array.from({ length: 30 }, (_, index) => create(`p-${index}`)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(20);
    expect(Object.keys((await list()) ?? {})).toHaveLength(20);
    const [first = ""] = Object.keys((await list()) ?? {});
    expect(await refusalOf(create("more"))).toEqual([
      "LimitExceededException",
      "Number of policies for <example.com> exceeds max allowed number of policies per resource",
    ]);
    expect((await refusalOf(create(first)))[0]).toBe("AlreadyExistsException");
    await drop(first);
    await create("more");
  });

  test("go with their identity, and don't come back with it", async () => {
    const { add, create, list, remove, read } = callsOf(scopes[0]);
    await add("example.com");
    await create("one");
    await remove("example.com");
    await add("example.com");
    expect(await list()).toEqual({});
    expect((await read("example.com")).Policies).toEqual({});
  });

  test("belong to one account in one region", async () => {
    const [own, elsewhere, other] = [callsOf(scopes[0]), callsOf(scopes[1]), callsOf(scopes[2])];
    for (const one of [own, elsewhere, other]) await one.add("example.com");
    for (const one of [own, elsewhere, other]) await one.create("same");
    await own.update("same", own.text({ Effect: "Deny" }));
    expect(await own.list()).toEqual({ same: own.text({ Effect: "Deny" }) });
    expect(await elsewhere.list()).toEqual({ same: elsewhere.text() });
    await elsewhere.drop("same");
    expect(await other.list()).toEqual({ same: other.text() });
    await own.remove("example.com");
    expect((await other.read("example.com")).Policies).toEqual({ same: other.text() });
    expect(await elsewhere.list()).toEqual({});
    for (let index = 0; index < 19; index++) await other.create(`p-${index}`);
    expect((await refusalOf(other.create("more")))[0]).toBe("LimitExceededException");
    await elsewhere.create("more");
  });

  test("a change is in effect at once for mail of this process", async () => {
    const { settings, add, create, update, drop, text } = callsOf(scopes[0]);
    await add("example.com");
    const policies = async () => [
      (await settings.identityOf("me@mail.example.com"))?.policies,
      (await settings.identityNamed("example.com"))?.policies,
    ];
    expect(await policies()).toEqual([[], []]);
    await create("one");
    expect(await policies()).toEqual([[text()], [text()]]);
    await update("one", text({ Effect: "Deny" }));
    expect(await policies()).toEqual([[text({ Effect: "Deny" })], [text({ Effect: "Deny" })]]);
    await drop("one");
    expect(await policies()).toEqual([[], []]);
  });
});
