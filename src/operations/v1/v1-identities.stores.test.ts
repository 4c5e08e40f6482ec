/** Identities through the API v1, and what the API v2 shows of them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, threeScopes } from "../../../test/support/three-scopes.ts";
import { type TopicCheck, v1IdentityCalls } from "../../../test/support/v1-identity-calls.ts";
import { QueryApiError } from "../../contract/v1/errors.ts";
import type { Proving } from "../../identities/status.ts";
import { identityArn } from "../../publishing/ses-event/sending-account.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertTenantResource } from "../../stores/postgres/tenant-resources.ts";

describe.each(databases)("identities of the API v1 on $name", ({ open }) => {
  let database: ScopedDatabase;
  let own: ScopeUnderTest;
  let checked: TopicCheck[];
  const now = new Date("2026-11-24T00:00:00Z");

  beforeAll(async () => {
    database = await open();
    [own] = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(() => {
    checked = [];
  });
  afterEach(() => database.query("DELETE FROM email_identities"));

  const callsOf = (scope: ScopeUnderTest, proving: Proving = "asked") =>
    v1IdentityCalls(
      scope,
      () => now,
      (topic) => checked.push(topic),
      proving,
    );

  test("names of the wrong kind are refused, and nothing is added", async () => {
    const v1 = callsOf(own);
    for (const [call, text] of [
      [() => v1.verifyDomain("me@a.test"), "Invalid domain name <me@a.test>."],
      [() => v1.verifyDkim("no domain"), "Invalid domain name <no domain>."],
      [() => v1.verifyDomain(""), "Invalid domain name <>."],
      [() => v1.verifyEmail("a.test"), "Invalid email address <a.test>."],
      [() => v1.verifyEmail("a@b@"), "Invalid email address <a@b@>."],
    ] as const) {
      expect(await refusalOf(call())).toEqual(["BadRequestException", text]);
    }
    expect(await v1.list()).toEqual({ Identities: [] });
  });

  test("lists have types and pages", async () => {
    const v1 = callsOf(own, "assumed");
    for (const name of ["c.test", "a.test"]) await v1.create(name);
    for (const name of ["x@c.test", "b@a.test"]) await v1.verifyEmail(name);
    expect(await v1.list()).toEqual({ Identities: ["a.test", "b@a.test", "c.test", "x@c.test"] });
    expect(await v1.list({ IdentityType: "Domain", NextToken: "" })).toEqual({ Identities: ["a.test", "c.test"] });
    const first = await v1.list({ IdentityType: "EmailAddress", MaxItems: 1 });
    expect(first).toEqual({ Identities: ["b@a.test"], NextToken: expect.any(String) });
    const { NextToken } = first;
    expect(await v1.list({ IdentityType: "EmailAddress", MaxItems: 1, NextToken })).toEqual({
      Identities: ["x@c.test"],
    });
    expect(await refusalOf(v1.list({ MaxItems: 1, NextToken }))).toEqual([
      "BadRequestException",
      `Invalid NextToken <${NextToken}>.`,
    ]);
    for (const MaxItems of [0, -1, 1001]) {
      expect(await refusalOf(v1.list({ MaxItems }))).toEqual([
        "BadRequestException",
        `Value ${MaxItems} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000.`,
      ]);
    }
    expect(await v1.verifiedAddresses()).toEqual(["b@a.test", "x@c.test"]);
    expect(await v1.verification("b@a.test", "a.test")).toEqual({
      "b@a.test": { VerificationStatus: "Success" },
      "a.test": { VerificationStatus: "Success" },
    });
  });

  test("all verified addresses are listed, however many there are", async () => {
    const v1 = callsOf(own, "assumed");
    await database.query(
      `INSERT INTO email_identities (scope, name, type, tags)
       SELECT 1, 'a' || number || '@a.test', 'EMAIL_ADDRESS', '[]' FROM generate_series(1, 2001) AS number`,
    );
    expect(new Set(await v1.verifiedAddresses()).size).toBe(2001);
  });

  test("a call asks about 100 identities at most", async () => {
    const v1 = callsOf(own);
    await v1.create("d99.test");
    const names = (count: number) => Array.from({ length: count }, (_, index) => `d${index}.test`);
    for (const ask of [v1.verification, v1.dkim, v1.mailFrom, v1.notifications]) {
      expect(Object.keys((await ask(...names(100))) ?? {})).toEqual(["d99.test"]);
      const refused = ask(...names(101)).catch((error: unknown) => error);
      await expect(refused).resolves.toBeInstanceOf(QueryApiError);
      await expect(refused).resolves.toMatchObject({
        code: "ValidationError",
        text: "1 validation error detected: Value at 'identities' failed to satisfy constraint: Member must have length less than or equal to 100",
      });
      expect(await ask()).toEqual({});
    }
  });

  test("a MAIL FROM domain is set, shown and cleared", async () => {
    const v1 = callsOf(own);
    await v1.create("a.test");
    await v1.setMailFrom("A.test", "Bounce.a.test", "RejectMessage");
    expect(await v1.mailFrom("a.test", "unknown.test")).toEqual({
      "a.test": {
        MailFromDomain: "bounce.a.test",
        MailFromDomainStatus: "Pending",
        BehaviorOnMXFailure: "RejectMessage",
      },
    });
    expect((await v1.get("a.test")).MailFromAttributes).toEqual({
      MailFromDomain: "bounce.a.test",
      MailFromDomainStatus: "PENDING",
      BehaviorOnMxFailure: "REJECT_MESSAGE",
    });
    expect(await refusalOf(v1.setMailFrom("a.test", "   "))).toEqual([
      "BadRequestException",
      "Invalid MAIL-FROM domain name <   >.",
    ]);
    expect(await refusalOf(v1.setMailFrom("unknown.test", "b.unknown.test"))).toEqual([
      "BadRequestException",
      "Identity <unknown.test> does not exist.",
    ]);
    await v1.setMailFrom("a.test", "");
    expect(await v1.mailFrom("a.test")).toEqual({ "a.test": { BehaviorOnMXFailure: "UseDefaultValue" } });
  });

  test("topics, headers and forwarding change by themselves", async () => {
    const v1 = callsOf(own);
    await v1.create("a.test");
    const arn = (name: string) => `arn:aws:sns:us-east-1:${own.scope.accountId}:${name}`;
    const nothing = {
      ...{ BounceTopic: "", ComplaintTopic: "", DeliveryTopic: "", ForwardingEnabled: true },
      HeadersInBounceNotificationsEnabled: false,
      HeadersInComplaintNotificationsEnabled: false,
      HeadersInDeliveryNotificationsEnabled: false,
    };
    expect(await v1.notifications("A.test", "unknown.test")).toEqual({ "A.test": nothing });
    // At once, as Terraform does: none of them undoes another.
    await Promise.all([
      v1.setTopic("a.test", "Bounce", arn("b")),
      v1.setTopic("A.test", "Complaint", arn("c")),
      v1.setHeaders("a.test", "Bounce", true),
      v1.setHeaders("a.test", "Delivery", true),
      v1.forward("a.test", false),
    ]);
    const set = {
      ...nothing,
      ...{ BounceTopic: arn("b"), ComplaintTopic: arn("c"), ForwardingEnabled: false },
      HeadersInBounceNotificationsEnabled: true,
      HeadersInDeliveryNotificationsEnabled: true,
    };
    expect(await v1.notifications("a.test")).toEqual({ "a.test": set });
    expect(await v1.get("a.test")).toMatchObject({ FeedbackForwardingStatus: false });

    // A topic is checked when it changes, before it is stored.
    checked = [];
    await v1.setTopic("a.test", "Bounce", arn("b"));
    expect(checked).toEqual([]);
    expect(await refusalOf(v1.setTopic("a.test", "Bounce", arn("gone")))).toEqual([
      "BadRequestException",
      `SNS topic <${arn("gone")}> not found.`,
    ]);
    expect(await refusalOf(v1.setTopic("a.test", "Bounce", "topic"))).toEqual([
      "BadRequestException",
      "Invalid SNS topic ARN <topic>.",
    ]);
    expect(await v1.notifications("a.test")).toEqual({ "a.test": set });
    await v1.setTopic("a.test", "Bounce", "");
    await v1.setTopic("a.test", "Complaint");
    expect(await v1.notifications("a.test")).toEqual({ "a.test": { ...set, BounceTopic: "", ComplaintTopic: "" } });

    for (const given of ["unknown.test", "no name"]) {
      const must = `Identity ${given} is invalid. Must be a verified email address or domain.`;
      expect(await refusalOf(v1.setTopic(given, "Bounce", arn("b")))).toEqual(["BadRequestException", must]);
      expect(await refusalOf(v1.setTopic(given, "Bounce"))).toEqual(["BadRequestException", must]);
      expect(await refusalOf(v1.forward(given, true))).toEqual(["BadRequestException", must]);
      expect(await refusalOf(v1.setHeaders(given, "Bounce", true))).toEqual([
        "BadRequestException",
        `Identity ${given} is invalid. It must be a verified email address or domain.`,
      ]);
    }
  });

  test("deleting succeeds whether there is something or not, unless a tenant needs it", async () => {
    const v1 = callsOf(own);
    for (const name of ["a.test", "b.test"]) await v1.verifyDomain(name);
    await v1.verifyEmail("me@a.test");
    for (const name of ["A.test", "a.test", "unknown@a.test", "no name", ""]) expect(await v1.remove(name)).toEqual({});
    for (const name of ["b.test", "me@a.test", "me@a.test"]) expect(await v1.removeAddress(name)).toEqual({});
    expect(await v1.list()).toEqual({ Identities: ["b.test"] });
    expect(await database.query("SELECT identity FROM domain_tokens")).toEqual([{ identity: "b.test" }]);

    await database.query(
      `INSERT INTO tenants (scope, name, id, created_at, tags) VALUES (1, 't', 'tn-1', now(), '[]')`,
    );
    await insertTenantResource(own.database, "t", { type: "identity", name: "b.test" }, now);
    expect(await refusalOf(v1.remove("b.test"))).toEqual(["BadRequestException", expect.stringContaining("b.test")]);
    expect(await v1.list()).toEqual({ Identities: ["b.test"] });
    await database.query("DELETE FROM tenants");
  });

  test("policies are put, replaced and deleted; the document is checked before the identity", async () => {
    const v1 = callsOf(own);
    await v1.create("a.test");
    const arn = (name: string) => identityArn(own.scope, name);
    const text = (Effect: string, name = "a.test") =>
      JSON.stringify({ Statement: [{ Effect, Principal: "*", Action: "ses:SendEmail", Resource: arn(name) }] });
    await v1.putPolicy("A.test", "one", text("Deny"));
    await v1.putPolicy(arn("a.test"), "one", text("Allow"));
    await v1.putPolicy("a.test", "two", text("Deny"));
    expect(await v1.policies("a.test", "one", "other")).toEqual({ one: text("Allow") });
    expect(await v1.policyNames(arn("a.test"))).toEqual(["one", "two"]);
    expect((await v1.get("a.test")).Policies).toEqual({ one: text("Allow"), two: text("Deny") });
    expect([await v1.policies("unknown.test", "one"), await v1.policyNames("no name")]).toEqual([{}, []]);

    await expect(v1.putPolicy("unknown.test", "a b", "{")).rejects.toMatchObject({ code: "InvalidPolicy" });
    await expect(v1.putPolicy("a.test", "one", text("Deny", "b.test"))).rejects.toMatchObject({
      ...{ code: "InvalidPolicy", text: expect.stringMatching(/^Invalid ARN/) },
    });
    expect(await refusalOf(v1.putPolicy("b.test", "a b", text("Deny", "b.test")))).toEqual([
      "BadRequestException",
      "Invalid identity. Must be a verified email address or domain.",
    ]);
    expect((await refusalOf(v1.putPolicy("a.test", "a b", text("Deny"))))[1]).toMatch(/^PolicyName is invalid/);
    for (let index = 2; index < 20; index++) await v1.putPolicy("a.test", `p-${index}`, text("Deny"));
    await v1.putPolicy("a.test", "one", text("Deny"));
    await expect(v1.putPolicy("a.test", "more", text("Deny"))).rejects.toMatchObject({
      ...{ code: "InvalidParameterValue", text: expect.stringMatching(/exceeds max allowed number of policies/) },
    });
    for (const name of ["a.test", "a.test", "unknown.test", "no name"]) {
      expect(await v1.deletePolicy(name, "one")).toEqual({});
    }
    expect(await v1.policies("a.test", "one", "two")).toEqual({ two: text("Deny") });
  });
});
