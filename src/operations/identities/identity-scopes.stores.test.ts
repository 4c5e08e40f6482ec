/** Identities of several accounts and regions, with equal names. */
import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { type ScopeUnderTest, type ThreeScopes, threeScopes } from "../../../test/support/three-scopes.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import { selectIdentityNotificationsOfAllScopes } from "../../stores/postgres/all-subscriptions.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { createAccountSettings } from "../account/settings.ts";
import { changeIdentityFeedback, readIdentityFeedback } from "./identity-notifications.ts";
import { identityOperations } from "./identity-operations.ts";

const context = callContext();
const now = new Date("2026-11-24T00:00:00Z");

describe.each(databases)("identities of several scopes on $name", ({ open }) => {
  let database: Database;
  let scopes: ThreeScopes;

  beforeAll(async () => {
    database = await open();
    scopes = await threeScopes(database);
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM email_identities"));

  function callsOf({ scope, database: scoped }: ScopeUnderTest) {
    // Its clock stands still: what is read is used until something is changed.
    const settings = createAccountSettings({ database: scoped, clock: () => new Date(0) });
    const sealer = createSealer(Buffer.alloc(32, 1));
    const operations = identityOperations({
      ...{ database: scoped, settings, sealer, clock: () => now, proving: "assumed", verifier: undefined },
    });
    const notifications = { database: scoped, settings, scope, checkIdentityTopic: async () => {} };
    return {
      ...{ scope, settings, operations, notifications },
      create: (EmailIdentity: string) => operations.CreateEmailIdentity({ EmailIdentity }, context),
      get: (EmailIdentity: string) => operations.GetEmailIdentity({ EmailIdentity }, context),
      list: async () =>
        (await operations.ListEmailIdentities({}, context)).EmailIdentities?.map((one) => one.IdentityName),
      tokens: async (EmailIdentity: string) =>
        (await operations.GetEmailIdentity({ EmailIdentity }, context)).DkimAttributes?.Tokens,
    };
  }

  function three() {
    const [own, elsewhere, other] = scopes;
    return [callsOf(own), callsOf(elsewhere), callsOf(other)] as const;
  }

  /** A key of the caller's. */
  function callersKey() {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const DomainSigningPrivateKey = privateKey.export({ format: "der", type: "pkcs1" }).toString("base64");
    return { DomainSigningSelector: "own", DomainSigningPrivateKey };
  }

  test("are made, listed, changed and deleted by themselves", async () => {
    const all = three();
    const [own, elsewhere, other] = all;
    await own.create("a.test");
    expect(await refusalOf(elsewhere.get("a.test"))).toMatchObject(["NotFoundException", expect.any(String)]);
    expect(await elsewhere.settings.identityOf("me@a.test")).toBeUndefined();
    await elsewhere.create("a.test");
    await other.create("a.test");
    await other.create("me@a.test");
    for (const one of all) {
      expect(await refusalOf(one.create("a.test"))).toMatchObject(["AlreadyExistsException", expect.any(String)]);
    }
    const tokens = await Promise.all(all.map(async (one) => (await one.tokens("a.test"))?.join()));
    expect(new Set(tokens).size).toBe(3);
    expect([await own.list(), await elsewhere.list(), await other.list()]).toEqual([
      ["a.test"],
      ["a.test"],
      ["a.test", "me@a.test"],
    ]);

    const others = async () => Promise.all([elsewhere.get("a.test"), other.get("a.test"), other.get("me@a.test")]);
    const before = await others();
    const EmailIdentity = "a.test";
    await own.operations.PutEmailIdentityFeedbackAttributes({ EmailIdentity, EmailForwardingEnabled: false }, context);
    await own.operations.PutEmailIdentityDkimAttributes({ EmailIdentity, SigningEnabled: false }, context);
    await own.operations.PutEmailIdentityMailFromAttributes({ EmailIdentity, MailFromDomain: "b.a.test" }, context);
    await own.operations.PutEmailIdentityDkimSigningAttributes(
      { EmailIdentity, SigningAttributesOrigin: "EXTERNAL", SigningAttributes: callersKey() },
      context,
    );
    expect(await own.get("a.test")).toMatchObject({
      FeedbackForwardingStatus: false,
      DkimAttributes: { SigningEnabled: false, Tokens: ["own"] },
      MailFromAttributes: { MailFromDomain: "b.a.test" },
    });
    expect(await others()).toEqual(before);
    expect(await refusalOf(own.operations.DeleteEmailIdentity({ EmailIdentity: "me@a.test" }, context))).toMatchObject([
      "NotFoundException",
      expect.any(String),
    ]);
    await own.operations.DeleteEmailIdentity({ EmailIdentity }, context);
    expect(await own.list()).toEqual([]);
    expect(await others()).toEqual(before);
  });

  test("have default configuration sets of their own scope", async () => {
    const [own, elsewhere] = three();
    await database.query(
      "INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags) VALUES (1, 'set', true, true, '[]')",
    );
    for (const one of [own, elsewhere]) await one.create("a.test");
    const put = { EmailIdentity: "a.test", ConfigurationSetName: "set" };
    await own.operations.PutEmailIdentityConfigurationSetAttributes(put, context);
    for (const call of [
      () => elsewhere.operations.PutEmailIdentityConfigurationSetAttributes(put, context),
      () => elsewhere.operations.CreateEmailIdentity({ ...put, EmailIdentity: "b.test" }, context),
    ]) {
      expect(await refusalOf(call())).toMatchObject(["NotFoundException", expect.stringContaining("set")]);
    }
    expect((await elsewhere.settings.identityOf("me@a.test"))?.configurationSetName).toBeNull();
    expect((await own.settings.identityOf("me@a.test"))?.configurationSetName).toBe("set");
  });

  test("are counted by themselves", async () => {
    const [own, elsewhere] = three();
    await database.query(
      `INSERT INTO email_identities (scope, name, type, tags)
       SELECT 1, 'd' || number || '.test', 'DOMAIN', '[]' FROM generate_series(1, 10000) AS number`,
    );
    expect(await refusalOf(own.create("me@a.test"))).toMatchObject(["LimitExceededException", expect.any(String)]);
    expect(await elsewhere.create("me@a.test")).toMatchObject({ IdentityType: "EMAIL_ADDRESS" });
  });

  test("topics of notifications are set, shown and published by themselves", async () => {
    const [own, elsewhere, other] = three();
    for (const one of [own, elsewhere, other]) await one.create("a.test");
    const topicOf = ({ region, accountId }: ScopeUnderTest["scope"]) => `arn:aws:sns:${region}:${accountId}:bounces`;
    const none = { topicArn: undefined, headers: false };
    const put = (one: typeof own, topicArn: string | undefined) =>
      changeIdentityFeedback(one.notifications, "a.test", {
        feedbackForwarding: false,
        notifications: { Bounce: { topicArn, headers: true }, Complaint: none, Delivery: none },
      });
    expect(await refusalOf(put(elsewhere, topicOf(own.scope)))).toMatchObject([
      expect.any(String),
      expect.stringContaining("eu-west-1"),
    ]);
    const before = await readIdentityFeedback(other.notifications, "a.test");
    for (const one of [own, elsewhere]) await put(one, topicOf(one.scope));
    expect(await readIdentityFeedback(other.notifications, "a.test")).toEqual(before);
    const topics = (one: typeof own) =>
      new Map([["a.test", { Bounce: { topicArn: topicOf(one.scope), headers: true } }]]);
    expect(await selectIdentityNotificationsOfAllScopes(database)).toEqual(
      new Map([own, elsewhere].map((one) => [one.scope.id, topics(one)])),
    );
    await put(own, undefined);
    expect(await selectIdentityNotificationsOfAllScopes(database)).toEqual(
      new Map([[elsewhere.scope.id, topics(elsewhere)]]),
    );
  });
});
