import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import type { Scope } from "../../stores/postgres/scopes.ts";
import { type AccountSettings, createAccountSettings } from "../account/settings.ts";
import { createConfigurationSet } from "../configuration-sets/create-configuration-set.ts";
import { deleteConfigurationSet } from "../configuration-sets/delete-configuration-set.ts";
import { createEmailIdentity } from "../identities/create-email-identity.ts";
import { deleteEmailIdentity } from "../identities/delete-email-identity.ts";
import { createEmailTemplate } from "../templates/create-email-template.ts";
import { deleteEmailTemplate } from "../templates/delete-email-template.ts";
import { createTemplateCache } from "../templates/template-cache.ts";
import { tenantOperations } from "./tenant-operations.ts";

const now = new Date("2026-11-23T12:34:56.789Z");
const context = callContext(now);
const scope: Scope = { id: 1, accountId: "000000000000", region: "us-east-1" };
const arn = (resource: string) => `arn:aws:ses:us-east-1:000000000000:${resource}`;

describe.each(databases)("the resources of tenants on $name", ({ open }) => {
  let database: ScopedDatabase;
  let settings: AccountSettings;
  let tenants: ReturnType<typeof tenantOperations>;
  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    settings = createAccountSettings({ database, clock: () => new Date(0) });
    tenants = tenantOperations({ database, settings, scope });
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of ["tenants", "email_identities", "configuration_sets", "email_templates"]) {
      await database.query(`DELETE FROM ${table}`);
    }
    for (const name of ["one", "two"]) await tenants.CreateTenant({ TenantName: name }, context);
    await Promise.all([makeSet("set"), makeIdentity("example.com"), makeTemplate("a/b")]);
  });

  const templates = () => ({ database, templates: createTemplateCache({ database, clock: () => now }) });
  const makeSet = (name: string) =>
    createConfigurationSet({ database, settings, verification: "off" })({ ConfigurationSetName: name }, context);
  const makeIdentity = (name: string) =>
    createEmailIdentity({
      database,
      settings,
      clock: () => now,
      verifier: undefined,
      sealer: createSealer(Buffer.alloc(32, 1)),
      proving: "assumed",
    })({ EmailIdentity: name }, context);
  const makeTemplate = (TemplateName: string) =>
    createEmailTemplate(templates())({ TemplateName, TemplateContent: { Text: "t" } }, context);
  const deletions = {
    "configuration-set/set": () =>
      deleteConfigurationSet({ database, settings })({ ConfigurationSetName: "set" }, context),
    "identity/example.com": () =>
      deleteEmailIdentity({ database, settings })({ EmailIdentity: "example.com" }, context),
    "template/a/b": () => deleteEmailTemplate(templates())({ TemplateName: "a/b" }, context),
  };
  const all = Object.keys(deletions);

  const associate = (TenantName: string | undefined, resource: string | undefined) =>
    tenants.CreateTenantResourceAssociation({ TenantName, ResourceArn: resource && arn(resource) }, context);
  const dissociate = (TenantName: string, resource: string) =>
    tenants.DeleteTenantResourceAssociation({ TenantName, ResourceArn: arn(resource) }, context);
  const listed = async (TenantName: string, input: Partial<Input<"ListTenantResources">> = {}) =>
    tenants.ListTenantResources({ TenantName, ...input }, context);
  const arns = async (TenantName: string, input: Partial<Input<"ListTenantResources">> = {}) =>
    (await listed(TenantName, input)).TenantResources?.map((one) => one.ResourceArn);
  const tenantsOf = (resource: string, input: Partial<Input<"ListResourceTenants">> = {}) =>
    tenants.ListResourceTenants({ ResourceArn: arn(resource), ...input }, context);

  test("resources are associated, listed by ARN and by type, and dissociated", async () => {
    for (const resource of all.toReversed()) expect(await associate("one", resource)).toEqual({});
    expect(await listed("one")).toEqual({
      TenantResources: [
        { ResourceType: "CONFIGURATION_SET", ResourceArn: arn("configuration-set/set") },
        { ResourceType: "EMAIL_IDENTITY", ResourceArn: arn("identity/example.com") },
        { ResourceType: "EMAIL_TEMPLATE", ResourceArn: arn("template/a/b") },
      ],
      NextToken: undefined,
    });
    expect(await arns("one", { Filter: { RESOURCE_TYPE: "identity" } })).toEqual([arn("identity/example.com")]);
    expect(await arns("two")).toEqual([]);
    for (let time = 0; time < 2; time += 1) expect(await dissociate("one", "identity/EXAMPLE.com")).toEqual({});
    expect(await arns("one", { Filter: { RESOURCE_TYPE: "identity" } })).toEqual([]);
    await tenants.DeleteTenant({ TenantName: "one" }, context);
    await tenants.CreateTenant({ TenantName: "one" }, context);
    expect(await arns("one")).toEqual([]);
  });

  test("a resource's tenants are listed in the order of association", async () => {
    await associate("two", "identity/example.com");
    await associate("one", "identity/example.com");
    const { ResourceTenants, NextToken } = await tenantsOf("identity/example.com");
    expect(ResourceTenants).toEqual(
      ["two", "one"].map((TenantName) => ({
        TenantName,
        TenantId: expect.stringMatching(/^tn-/),
        ResourceArn: arn("identity/example.com"),
        AssociatedTimestamp: now,
      })),
    );
    expect(NextToken).toBeUndefined();
    const first = await tenantsOf("identity/example.com", { PageSize: 1 });
    const second = await tenantsOf("identity/example.com", { PageSize: 1, NextToken: first.NextToken });
    expect([first, second].map((page) => page.ResourceTenants?.[0]?.TenantName)).toEqual(["two", "one"]);
    expect(second.NextToken).toBeUndefined();
    for (const answer of [
      () => tenantsOf("template/a/b", { NextToken: first.NextToken }),
      () => tenantsOf("template/a/b", { NextToken: "x" }),
    ]) {
      expect(await refusalOf(answer())).toEqual(["BadRequestException", "Invalid Next Token"]);
    }
  });

  test("a tenant's resources come in pages, whose tokens are good for the tenant and the filter", async () => {
    const names = ["a b", "A", "ä", "b/c", "b"];
    for (const name of names) {
      await makeTemplate(name);
      await associate("one", `template/${name}`);
    }
    const templateFilter = { Filter: { RESOURCE_TYPE: "template" } };
    await associate("one", "configuration-set/set");
    const seen: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await listed("one", { PageSize: 2, NextToken });
      seen.push(...(page.TenantResources ?? []).map((one) => one.ResourceArn));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual([
      arn("configuration-set/set"),
      ...["A", "a b", "b", "b/c", "ä"].map((name) => arn(`template/${name}`)),
    ]);
    const first = await listed("one", { PageSize: 1 });
    for (const answer of [
      () => listed("one", { NextToken: first.NextToken, ...templateFilter }),
      () => listed("two", { NextToken: first.NextToken }),
    ]) {
      expect(await refusalOf(answer())).toEqual(["BadRequestException", "Invalid Next Token"]);
    }
  });

  test("an ARN is checked first, in SES's order, then the tenant, the resource, and the association", async () => {
    const calls = [
      tenants.CreateTenantResourceAssociation,
      tenants.DeleteTenantResourceAssociation,
      tenants.ListResourceTenants,
    ];
    const noResource = "Provided resource identifier is not an SES resource";
    const noSes = "Provided ARN is not in SES resource ARN format";
    for (const [ResourceArn, text] of [
      [
        undefined,
        "1 validation error detected: Value at 'resourceArn' failed to satisfy constraint: Member must not be null",
      ],
      ["", noResource],
      ["identity/example.com", noResource],
      ["arn:aws:ses:us-east-1:000000000000", noResource],
      ["arn:aws:s3:::bucket", noSes],
      ["arn:aws-cn:ses:us-east-1:000000000000:identity/example.com", noSes],
      ["arn:aws:ses:eu-west-1:1:tenant/one/tn-1", "Unsupported resource type: tenant"],
      ["arn:aws:ses:eu-west-1:1:__proto__/a", "Unsupported resource type: __proto__"],
      [arn("identity"), noResource],
      [arn("identity/"), noResource],
      [
        "arn:aws:ses:eu-west-1:111111111111:identity/example.com",
        "Resource <arn:aws:ses:eu-west-1:111111111111:identity/example.com> must be in the same region",
      ],
      [
        "arn:aws:ses:us-east-1:111111111111:identity/example.com",
        "Resource <arn:aws:ses:us-east-1:111111111111:identity/example.com> must be in the same account",
      ],
    ] as const) {
      for (const call of calls) {
        const answer = call({ TenantName: "", ResourceArn }, context);
        expect(await refusalOf(answer)).toEqual(["BadRequestException", text]);
      }
    }
    expect(await refusalOf(associate("", "identity/none"))).toEqual([
      "BadRequestException",
      "TenantName cannot be empty",
    ]);
    for (const call of [associate, dissociate]) {
      expect(await refusalOf(call("none", "identity/none.example"))).toEqual([
        "NotFoundException",
        "The requested tenant <none> does not exist.",
      ]);
    }
    for (const [resource, text] of [
      ["identity/none.example", "Identity <none.example> does not exist"],
      ["identity/no domain", "Identity <no domain> does not exist"],
      ["configuration-set/none", "Configuration set <none> does not exist:"],
      ["template/none", "Email template <none> does not exist"],
    ] as const) {
      for (const answer of [
        () => associate("one", resource),
        () => dissociate("one", resource),
        () => tenantsOf(resource),
      ]) {
        expect(await refusalOf(answer())).toEqual(["NotFoundException", text]);
      }
    }
    await associate("one", "identity/example.com");
    expect(await refusalOf(associate("one", "identity/example.com"))).toEqual([
      "AlreadyExistsException",
      `Resources ${arn("identity/example.com")} has already been associated with tenant one`,
    ]);
    expect(await arns("one")).toEqual([arn("identity/example.com")]);
  });

  test.each(["EMAIL_IDENTITY", "Identity", "x"])("the filter's type %s is refused before the tenant", async (type) => {
    expect(await refusalOf(listed("", { Filter: { RESOURCE_TYPE: type } }))).toEqual([
      "BadRequestException",
      `Invalid resource type ${type} specified.`,
    ]);
  });

  test("what is associated can't be deleted", async () => {
    for (const [resource, remove] of Object.entries(deletions)) {
      await associate("one", resource);
      await associate("two", resource);
      const refusal = [
        "BadRequestException",
        `Cannot delete <${arn(resource)}> because it has tenant associations. Remove all tenant associations and try again.`,
      ];
      expect(await refusalOf(remove())).toEqual(refusal);
      await dissociate("one", resource);
      expect(await refusalOf(remove())).toEqual(refusal);
      expect(await arns("two")).toContain(arn(resource));
    }
    await tenants.DeleteTenant({ TenantName: "two" }, context);
    for (const remove of Object.values(deletions)) expect(await remove()).toEqual({});
  });

  test("a resource is never deleted while it is being associated", async () => {
    for (let round = 0; round < 20; round += 1) {
      const [, deleted] = await Promise.allSettled([
        associate("one", "configuration-set/set"),
        deletions["configuration-set/set"](),
      ]);
      const associated = (await arns("one"))?.length === 1;
      expect(deleted?.status).toBe(associated ? "rejected" : "fulfilled");
      if (associated) await dissociate("one", "configuration-set/set");
      else await makeSet("set");
    }
  });

  test("settings know of changes by this process at once", async () => {
    const used = [{ type: "identity" as const, name: "example.com" }];
    const state = async () => [(await settings.tenant("one"))?.suppression, await settings.unassociated("one", used)];
    expect(await state()).toEqual([null, used]);
    await associate("one", "identity/example.com");
    const suppression = { SuppressedReasons: [], SuppressionScope: "TENANT" as const };
    await tenants.PutTenantSuppressionAttributes({ TenantName: "one", ...suppression }, context);
    expect(await state()).toEqual([suppression, []]);
    await tenants.DeleteTenant({ TenantName: "one" }, context);
    expect(await state()).toEqual([undefined, used]);
  });
});
