import type { Tag } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { addScope } from "../../../test/support/other-scopes.ts";
import { insertConfigurationSet } from "../../stores/postgres/configuration-sets.ts";
import { insertContactList } from "../../stores/postgres/contact-lists.ts";
import { insertCustomVerificationTemplate } from "../../stores/postgres/custom-verification-templates.ts";
import { inScope, type ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { selectScope } from "../../stores/postgres/scopes.ts";
import { insertTemplate, updateTemplate } from "../../stores/postgres/templates.ts";
import { insertTenant } from "../../stores/postgres/tenants.ts";
import { type AccountSettings, createAccountSettings } from "../account/settings.ts";
import { listTagsForResource } from "./list-tags-for-resource.ts";
import { tagResource } from "./tag-resource.ts";
import type { TagServices } from "./tagged-resource.ts";
import { untagResource } from "./untag-resource.ts";

const tag = (Key: string, Value = "v"): Tag => ({ Key, Value });
const tags = (count: number, Value = "v") => Array.from({ length: count }, (_, index) => tag(`k${index}`, Value));
const createdAt = new Date("2026-11-23T12:00:00Z");
const prefix = "arn:aws:ses:us-east-1:000000000000:";
const format = ["BadRequestException", "ResourceArn is not the expected format"];
const invalid = ["ValidationException", undefined];

async function create(database: ScopedDatabase, given: Tag[]): Promise<void> {
  const set = { name: "set", sendingEnabled: true, reputationMetricsEnabled: true, lastFreshStart: null, tags: given };
  const options = {
    ...{ trackingOptions: null, deliveryOptions: null, suppressionOptions: null, vdmOptions: null },
    ...{ signingScheme: null, archive: null },
  };
  await insertConfigurationSet(database, { ...set, ...options }, 100);
  const list = { name: "list", description: null, topics: [], tags: given, createdAt };
  await insertContactList(database, list, 100);
  const parts = { subject: "s", text: null, html: null };
  for (const name of ["template", "a/b:c"]) {
    await insertTemplate(database, { name, createdAt, tags: given, ...parts }, 100);
  }
  const urls = { successUrl: "https://example.com/", failureUrl: "https://example.com/" };
  const verification = { name: "verify", fromAddress: "a@example.com", subject: "s", content: "c", tags: given };
  await insertCustomVerificationTemplate(database, { ...verification, ...urls }, 100);
  for (const name of ["example.com", "ada+news@example.com", "a/b@example.com"]) {
    const type = name.includes("@") ? ("EMAIL_ADDRESS" as const) : ("DOMAIN" as const);
    await insertIdentity(
      database,
      { name, type, configurationSetName: null, tags: given, createdAt, dkim: undefined },
      100,
    );
  }
}

describe.each(databases)("tags of resources on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  let services: TagServices;

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
    services = { scope: { id: 1, accountId: "000000000000", region: "us-east-1" }, database, settings };
    await create(database, []);
    const tenant = { name: "name", id: "tn-known", createdAt, tags: [], suppression: null };
    await insertTenant(database, { ...tenant, sendingStatus: "ENABLED" }, 10);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of ["configuration_sets", "contact_lists", "email_identities", "email_templates", "tenants"]) {
      await database.query(`UPDATE ${table} SET tags = '[]'`);
    }
  });

  const context = callContext();
  const list = async (arn: string, on = services) =>
    (await listTagsForResource(on)({ ResourceArn: arn }, context)).Tags;
  const add = (arn: string | undefined, given: Tag[] | undefined, on = services) =>
    tagResource(on)({ ResourceArn: arn, Tags: given }, context);
  const remove = (arn: string | undefined, keys: string[] | undefined, on = services) =>
    untagResource(on)({ ResourceArn: arn, TagKeys: keys }, context);
  /** The error of all three operations, which must be the same. */
  const refused = async (arn: string) => {
    const told = await Promise.all([list(arn), add(arn, [tag("k")]), remove(arn, ["k"])].map(refusalOf));
    expect(new Set(told.map((one) => JSON.stringify(one))).size, arn).toBe(1);
    return told[0];
  };

  test.each([
    "configuration-set/set",
    "contact-list/list",
    "template/template",
    "template/a/b:c",
    "identity/example.com",
    "custom-verification-email-template/verify",
    "identity/EXAMPLE.com",
    "identity/ada+news@example.com",
    "identity/ada+news@Example.COM",
    "identity/a/b@example.com",
    "tenant/name/tn-known",
    "tenant/another name/tn-known",
    "tenant/tn-known",
  ])("%s gets tags, new values in their place, and loses them", async (resource) => {
    const arn = prefix + resource;
    expect(await list(arn)).toEqual([]);
    expect(await add(arn, [tag("z", "1"), tag("a", ""), tag("ü @=", "日本")])).toEqual({});
    await add(arn, [tag("new", "4"), tag("a", "2")]);
    expect(await list(arn)).toEqual([tag("z", "1"), tag("a", "2"), tag("ü @=", "日本"), tag("new", "4")]);
    expect(await remove(arn, ["z", "ü @=", "unknown", "A"])).toEqual({});
    expect(await list(arn)).toEqual([tag("a", "2"), tag("new", "4")]);
    await remove(arn, ["a", "new"]);
    expect(await list(arn)).toEqual([]);
  });

  test("a resource shows the tags it was created with, and a template keeps them when it is updated", async () => {
    const given = [tag("team", "a"), tag("env", "")];
    await database.query("DELETE FROM email_templates WHERE name = 'template'");
    await insertTemplate(
      database,
      { name: "template", createdAt, tags: given, subject: "s", text: null, html: null },
      100,
    );
    await updateTemplate(database, "template", { subject: "other", text: null, html: null });
    expect(await list(`${prefix}template/template`)).toEqual(given);
  });

  test("partition and service are not checked", async () => {
    await add(`${prefix}configuration-set/set`, [tag("k")]);
    for (const start of ["arn:aws-cn:ses", "arn:bogus:ses", "arn:aws:s3"]) {
      const arn = `${start}:us-east-1:000000000000:configuration-set/set`;
      expect(await list(arn)).toEqual([tag("k")]);
      expect(await add(arn, [tag("k2")])).toEqual({});
      expect(await remove(arn, ["k2"])).toEqual({});
    }
  });

  test("without an account, the ARN is of the caller's", async () => {
    const arn = "arn:aws:ses:us-east-1::configuration-set/set";
    await add(arn, [tag("k")]);
    expect(await list(arn)).toEqual([tag("k")]);
    expect(await list(`${prefix}configuration-set/set`)).toEqual([tag("k")]);
    await remove(arn, ["k"]);
    expect(await list(arn)).toEqual([]);
    expect(await refused("arn:aws:ses:us-east-1::foo/bar")).toEqual(format);
  });

  test.each([
    "",
    " ",
    "invalid-arn",
    "arn:",
    "ARN:aws:ses:us-east-1:000000000000:configuration-set/set",
    " arn:aws:ses:us-east-1:000000000000:configuration-set/set",
    "arn:aws:ses:us-east-1:000000000000",
    "arn::ses:us-east-1:000000000000:configuration-set/set",
    "arn:aws::us-east-1:000000000000:configuration-set/set",
    prefix,
    `${prefix}configuration-set`,
    `${prefix}configuration-set/`,
    `${prefix}configuration-set/ `,
    `${prefix}configuration-set/set:extra`,
    `${prefix}configuration-set/set/extra`,
    `${prefix}configuration-set:set`,
    `${prefix}Configuration-set/set`,
    `${prefix}__proto__/set`,
    `${prefix}export-job/set`,
    `${prefix}dedicated-ip-pool/a:b`,
    `${prefix}contact-list/list/extra`,
    `${prefix}template/`,
    `${prefix}template/template/extra`,
    `${prefix}identity/example.com:extra`,
    `${prefix}tenant/`,
    "arn:aws:ses:us-east-1:111111111111:foo/bar",
  ])("%j is no ARN of a resource with tags", async (arn) => {
    expect(await refused(arn)).toEqual(format);
  });

  test("another account's resource is refused before its name is checked", async () => {
    const told = ["BadRequestException", "Operations on a resource created in a different account is not allowed"];
    for (const account of ["111111111111", "12345", " ", "0000000000000"]) {
      expect(await refused(`arn:aws:ses:us-east-1:${account}:configuration-set/bad name`)).toEqual(told);
    }
  });

  test.each(["a.b", "bad name", "badé", "a".repeat(65)])("the configuration set name %j has no text", async (name) => {
    expect(await refused(`${prefix}configuration-set/${name}`)).toEqual(invalid);
  });

  test.each([
    ["configuration-set/none", "No ConfigurationSet present with name: none"],
    ["configuration-set/SET", "No ConfigurationSet present with name: SET"],
    ["contact-list/none", "No ContactList present with name: none"],
    ["template/none", "No Template present with name: none"],
    ["template/a b.c", "No Template present with name: a b.c"],
    ["identity/None@Example.com", "No EmailIdentity present with name: None@Example.com"],
    ["identity/no domain", "No EmailIdentity present with name: no domain"],
    ["identity/ada+News@example.com", "No EmailIdentity present with name: ada+News@example.com"],
    ["custom-verification-email-template/x", "No CustomVerificationEmailTemplate present with name: x"],
    ["dedicated-ip-pool/x", "No DedicatedIpPool present with name: x"],
    ["multi-region-endpoint/x", "No MultiRegionEndpoint present with name: x"],
    ["tenant/name/tn-1", "No Tenant present with name: namewith tenantId: tn-1"],
    ["tenant/tn-1", "No Tenant present with name: nullwith tenantId: tn-1"],
  ])("%s does not exist", async (resource, text) => {
    expect(await refused(prefix + resource)).toEqual(["NotFoundException", text]);
    // Also before the region is compared, and before tags are checked.
    const elsewhere = `arn:aws:ses:us-west-2:000000000000:${resource}`;
    expect(await refused(elsewhere)).toEqual(["NotFoundException", text]);
    expect(await refusalOf(add(prefix + resource, [tag("aws:x")]))).toEqual(["NotFoundException", text]);
    expect(await refusalOf(add(prefix + resource, []))).toEqual(["NotFoundException", text]);
  });

  test.each(["us-west-2", "", "US-EAST-1"])("the region %j has no tags, and can't get any", async (region) => {
    await add(`${prefix}configuration-set/set`, [tag("k")]);
    const arn = `arn:aws:ses:${region}:000000000000:configuration-set/set`;
    expect(await list(arn)).toEqual([]);
    expect(await refusalOf(add(arn, [tag("aws:x")]))).toEqual(["BadRequestException", "Failed to tag resource"]);
    expect(await refusalOf(remove(arn, ["k"]))).toEqual(["BadRequestException", "Failed to untag resource"]);
    expect(await list(`${prefix}configuration-set/set`)).toEqual([tag("k")]);
  });

  test("what is missing in the request", async () => {
    const arn = `${prefix}configuration-set/set`;
    expect(await refusalOf(add(undefined, [tag("k")]))).toEqual(invalid);
    expect(await refusalOf(add(arn, undefined))).toEqual(invalid);
    expect(await refusalOf(remove(undefined, ["k"]))).toEqual(invalid);
    for (const keys of [undefined, [], [""]]) expect(await refusalOf(remove(arn, keys))).toEqual(invalid);
    expect(await refusalOf(listTagsForResource(services)({ ResourceArn: undefined }, context))).toEqual([
      "BadRequestException",
      "1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must not be null",
    ]);
    expect(await add(arn, [])).toEqual({});
    expect(await list(arn)).toEqual([]);
  });

  test("tags that are refused change nothing", async () => {
    const arn = `${prefix}identity/example.com`;
    await add(arn, [tag("k", "before")]);
    const text = async (given: Tag[]) => (await refusalOf(add(arn, given)))[1];
    expect(await text([tag("k", "after"), tag("k", "again")])).toBe("Cannot provide multiple tags with the same key");
    expect(await text([tag("k", "after"), tag("AWS:x")])).toBe(
      "Caller is an end user and not allowed to mutate system tags",
    );
    expect(await text([tag("k", "after"), tag("k!")])).toMatch(/^Tags can only contain letters/);
    expect(await text([tag("k", "after"), { Key: undefined, Value: "v" }])).toBe(
      "1 validation error detected: Value at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
    );
    expect(await list(arn)).toEqual([tag("k", "before")]);
  });

  test("a resource has at most 50 tags", async () => {
    const arn = `${prefix}contact-list/list`;
    const full = ["BadRequestException", expect.stringMatching(/^Maximum of 50 user tags are allowed per resource/)];
    expect(await refusalOf(add(arn, tags(51)))).toEqual(full);
    await add(arn, tags(49));
    expect(await refusalOf(add(arn, [tag("k49"), tag("k50")]))).toEqual(full);
    expect(await list(arn)).toEqual(tags(49));
    await add(arn, [tag("k49")]);
    expect(await refusalOf(add(arn, [tag("k0", "new"), tag("k50")]))).toEqual(full);
    await add(arn, tags(50, "new"));
    expect(await list(arn)).toEqual(tags(50, "new"));
  });

  test("of concurrent calls each has its effect, and together they keep the limit", async () => {
    const arn = `${prefix}template/template`;
    await add(arn, [tag("removed")]);
    const calls = Array.from({ length: 25 }, (_, index) => add(arn, [tag(`a${index}`), tag(`b${index}`)]));
    await Promise.all([...calls, remove(arn, ["removed"])].map((call) => call.catch(() => undefined)));
    const stored = await list(arn);
    expect(stored?.length).toBeGreaterThanOrEqual(48);
    expect(stored?.length).toBeLessThanOrEqual(50);
    expect(stored).not.toContainEqual(tag("removed"));
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, (_, index) => add(arn, [tag(`c${index}`)])));
    const added = outcomes.filter(({ status }) => status === "fulfilled").length;
    expect(await list(arn)).toHaveLength((stored?.length ?? 0) + added);
    expect(await list(arn)).toHaveLength(50);
  });

  test("cached settings have the new tags at once", async () => {
    expect((await settings.configurationSet("set"))?.tags).toEqual([]);
    expect((await settings.identityOf("bo@example.com"))?.tags).toEqual([]);
    await add(`${prefix}configuration-set/set`, [tag("k")]);
    await add(`${prefix}identity/example.com`, [tag("k")]);
    expect((await settings.configurationSet("set"))?.tags).toEqual([tag("k")]);
    expect((await settings.identityOf("bo@example.com"))?.tags).toEqual([tag("k")]);
    await remove(`${prefix}identity/example.com`, ["k"]);
    expect((await settings.identityOf("bo@example.com"))?.tags).toEqual([]);
  });

  describe("in several accounts and regions", () => {
    const others: TagServices[] = [];

    beforeAll(async () => {
      for (const [account, region] of [
        ["000000000000", "eu-west-1"],
        ["111111111111", "us-east-1"],
      ] as const) {
        const scope = await addScope(database, account, region);
        const scoped = inScope(database, scope.id);
        await database.query(
          "INSERT INTO configuration_sets (scope, name, sending_enabled, reputation_metrics_enabled, tags) VALUES ($1, 'set', true, true, '[]')",
          [scope.id],
        );
        others.push({
          scope,
          database: scoped,
          settings: createAccountSettings({ database: scoped, clock: () => new Date(0) }),
        });
      }
    });

    test("each has its own tags", async () => {
      expect(await selectScope(database, 1)).toEqual(services.scope);
      const arnOf = ({ scope }: TagServices) => `arn:aws:ses:${scope.region}:${scope.accountId}:configuration-set/set`;
      const all = [services, ...others];
      for (const one of all) await add(arnOf(one), [tag("owner", arnOf(one))], one);
      for (const one of all) expect(await list(arnOf(one), one)).toEqual([tag("owner", arnOf(one))]);
      for (const one of others) await remove(arnOf(one), ["owner"], one);
      expect(await list(arnOf(services))).toEqual([tag("owner", arnOf(services))]);
      const [otherRegion, otherAccount] = others;
      if (!otherRegion || !otherAccount) throw new Error("there are two others");
      // The set exists in both regions, but the ARN is of the other one.
      expect(await list(arnOf(services), otherRegion)).toEqual([]);
      expect(await refusalOf(list(arnOf(services), otherAccount))).toEqual([
        "BadRequestException",
        "Operations on a resource created in a different account is not allowed",
      ]);
    });
  });
});
