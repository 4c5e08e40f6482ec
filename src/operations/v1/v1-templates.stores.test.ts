import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext } from "../../../test/support/operation-call.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { createAccountSettings } from "../account/settings.ts";
import { createEmailTemplate } from "../templates/create-email-template.ts";
import { getEmailTemplate } from "../templates/get-email-template.ts";
import { createTemplateCache, type TemplateServices } from "../templates/template-cache.ts";
import { createTenant } from "../tenants/create-tenant.ts";
import { createTenantResourceAssociation } from "../tenants/create-tenant-resource-association.ts";
import { createTemplate } from "./create-template.ts";
import { deleteTemplate } from "./delete-template.ts";
import { getTemplate } from "./get-template.ts";
import { listTemplates } from "./list-templates.ts";
import { testRenderTemplate } from "./test-render-template.ts";
import { updateTemplate } from "./update-template.ts";

describe.each(databases)("templates of v1 on $name", ({ open }) => {
  let database: ScopedDatabase;
  let services: TemplateServices & { database: ScopedDatabase };

  beforeAll(async () => {
    database = await open();
    services = { database, templates: createTemplateCache({ database, clock: () => new Date(0) }) };
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_templates");
    services.templates.invalidate();
  });

  const context = callContext(new Date("2026-11-23T12:34:56.789Z"));
  const parts = { SubjectPart: "Hi {{name}}", TextPart: "Dear {{name}}", HtmlPart: "<p>{{name}}" };
  const create = (TemplateName: string, given: object = parts) =>
    createTemplate(services)({ Template: { TemplateName, ...given } }, context);
  const update = (TemplateName: string, given: object = parts) =>
    updateTemplate(services)({ Template: { TemplateName, ...given } }, context);
  const get = (TemplateName: string) => getTemplate(services)({ TemplateName }, context);
  const remove = (TemplateName: string) => deleteTemplate(services)({ TemplateName }, context);
  const list = (input: object = {}) => listTemplates(services)(input, context);
  const render = (TemplateName: string, TemplateData: string) =>
    testRenderTemplate(services)({ TemplateName, TemplateData }, context);
  const missing = (name: string) => [
    "TemplateDoesNotExist",
    `Template ${name} does not exist.`,
    { TemplateName: name },
  ];

  test("a template is made, read and changed, and v2 has it, too; deleting it twice succeeds", async () => {
    expect(await create("Ä b/ü")).toEqual({});
    expect(await get("Ä b/ü")).toEqual({ Template: { TemplateName: "Ä b/ü", ...parts } });
    const inV2 = await getEmailTemplate(services)({ TemplateName: "Ä b/ü" }, context);
    expect(inV2.TemplateContent).toEqual({ Subject: "Hi {{name}}", Text: "Dear {{name}}", Html: "<p>{{name}}" });
    expect(await update("Ä b/ü", { TextPart: "only" })).toEqual({});
    expect(await get("Ä b/ü")).toEqual({ Template: { TemplateName: "Ä b/ü", TextPart: "only" } });
    expect(await remove("Ä b/ü")).toEqual({});
    expect(await remove("Ä b/ü")).toEqual({});
    for (const call of [get, update]) expect(await v1RefusalOf(call("Ä b/ü"))).toEqual(missing("Ä b/ü"));
  });

  test("a change keeps the tags that v2 gave", async () => {
    const Tags = [{ Key: "team", Value: "a" }];
    await createEmailTemplate(services)({ TemplateName: "t", TemplateContent: { Text: "x" }, Tags }, context);
    await update("t");
    expect((await getEmailTemplate(services)({ TemplateName: "t" }, context)).Tags).toEqual(Tags);
  });

  test("a name that is taken, and content that can't be a template, are refused", async () => {
    await create("one");
    expect(await v1RefusalOf(create("one"))).toEqual([
      "AlreadyExists",
      "Template one already exists.",
      { Name: "one" },
    ]);
    const invalid: [object, string][] = [
      [{}, "must have a subject, a text part or an HTML part"],
      [{ HtmlPart: "{{#if a}}" }, "The template is not valid: Parse"],
      [{ TextPart: "a\0" }, "NUL"],
      [{ TextPart: "x".repeat(600_000) }, "The template is longer than 512000 bytes."],
    ];
    for (const [given, text] of invalid) {
      for (const call of [create, update]) {
        const refusal = ["InvalidTemplate", expect.stringContaining(text), { TemplateName: "one" }];
        expect(await v1RefusalOf(call("one", given))).toEqual(refusal);
      }
    }
    expect((await v1RefusalOf(create(" a")))[0]).toBe("InvalidTemplate");
    expect(await get("one")).toEqual({ Template: { TemplateName: "one", ...parts } });
  });

  test("lists have pages; a size that is out of range is the default", async () => {
    for (let number = 1; number <= 12; number++) await create(`t${number}`);
    const names = async (input: object) => {
      const { TemplatesMetadata = [], NextToken } = await list(input);
      return { names: TemplatesMetadata.map(({ Name }) => Name), NextToken };
    };
    const first = await names({ MaxItems: 5 });
    expect(first.names).toEqual(["t12", "t11", "t10", "t9", "t8"]);
    expect(await names({ MaxItems: 100, NextToken: first.NextToken })).toEqual({
      names: ["t7", "t6", "t5", "t4", "t3", "t2", "t1"],
      NextToken: undefined,
    });
    for (const MaxItems of [undefined, 0, -1, 101, 2 ** 31 - 1]) {
      expect((await names({ MaxItems })).names).toHaveLength(10);
    }
    expect((await list({})).TemplatesMetadata?.[0]?.CreatedTimestamp).toEqual(context.now);
    expect(await v1RefusalOf(list({ NextToken: "x" }))).toEqual([
      "InvalidParameterValue",
      "Invalid PageToken <x>.",
      {},
    ]);
  });

  test("rendering has a code for each kind of error", async () => {
    await create("t");
    await create("partial", { TextPart: "{{> (lookup this 'p')}}" });
    expect((await render("t", '{"name":"Ü"}')).RenderedTemplate).toContain("Subject: =?");
    expect(await v1RefusalOf(render("none", "{}"))).toEqual(missing("none"));
    const told = async (name: string, data: string) => (await v1RefusalOf(render(name, data))).slice(0, 2);
    expect(await v1RefusalOf(render("t", "{}"))).toEqual([
      "MissingRenderingAttribute",
      "Attribute 'name' is not present in the rendering data.",
      { TemplateName: "t" },
    ]);
    for (const data of ["[", "[]", "7", "[".repeat(101)]) {
      expect(await told("t", data)).toEqual(["InvalidRenderingParameter", expect.stringContaining("template data")]);
    }
    expect(await told("partial", '{"p":"q"}')).toEqual(["InvalidTemplate", 'The partial "q" could not be found.']);
  });

  test("a template that tenants are associated with is kept", async () => {
    await create("kept");
    const settings = createAccountSettings({ database, clock: () => new Date(0) });
    const scope = { id: database.scope, accountId: "000000000000", region: "us-east-1" };
    await createTenant({ database, settings, scope })({ TenantName: "tenant" }, context);
    const ResourceArn = "arn:aws:ses:us-east-1:000000000000:template/kept";
    await createTenantResourceAssociation({ database, settings, scope })(
      { TenantName: "tenant", ResourceArn },
      context,
    );
    const [code, text] = await v1RefusalOf(remove("kept"));
    expect([code, text]).toEqual(["InvalidParameterValue", expect.stringContaining("has tenant associations")]);
    await get("kept");
  });
});
