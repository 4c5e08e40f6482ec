import PostalMime from "postal-mime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { encodeToken } from "../page-token.ts";
import { createEmailTemplate } from "./create-email-template.ts";
import { deleteEmailTemplate } from "./delete-email-template.ts";
import { getEmailTemplate } from "./get-email-template.ts";
import { listEmailTemplates } from "./list-email-templates.ts";
import { createTemplateCache, type TemplateServices } from "./template-cache.ts";
import { testRenderEmailTemplate } from "./test-render-email-template.ts";
import { updateEmailTemplate } from "./update-email-template.ts";

describe.each(databases)("templates on $name", ({ open }) => {
  let database: ScopedDatabase;
  let services: TemplateServices & { database: ScopedDatabase };

  beforeAll(async () => {
    database = await open();
    // The clock stands still: what is read is used until something is changed.
    services = { database, templates: createTemplateCache({ database, clock: () => new Date(0) }) };
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("DELETE FROM email_templates");
    services.templates.invalidate();
  });

  const context = callContext(new Date("2026-11-23T12:34:56.789Z"));
  const content = { Subject: "Hi {{name}}", Text: "Dear {{name}}", Html: "<p>{{name}}" };
  const create = (TemplateName: string, input: Partial<Input<"CreateEmailTemplate">> = {}) =>
    createEmailTemplate(services)({ TemplateName, TemplateContent: content, ...input }, context);
  const get = (TemplateName: string) => getEmailTemplate(services)({ TemplateName }, context);
  const update = (TemplateName: string, TemplateContent: object = content) =>
    updateEmailTemplate(services)({ TemplateName, TemplateContent }, context);
  const remove = (TemplateName: string) => deleteEmailTemplate(services)({ TemplateName }, context);
  const list = (input: Input<"ListEmailTemplates"> = {}) => listEmailTemplates(services)(input, context);
  const render = (TemplateName: string, TemplateData: string) =>
    testRenderEmailTemplate(services)({ TemplateName, TemplateData }, context);
  const missing = (name: string) => ["NotFoundException", `Template ${name} does not exist.`];

  test("a template is made, read, changed and deleted", async () => {
    const Tags = [
      { Key: "b", Value: "1" },
      { Key: "a", Value: "" },
    ];
    expect(await create("Ä b/ü", { Tags })).toEqual({});
    expect(await get("Ä b/ü")).toEqual({ TemplateName: "Ä b/ü", TemplateContent: content, Tags });
    expect(await update("Ä b/ü", { Text: "only" })).toEqual({});
    expect(await get("Ä b/ü")).toEqual({ TemplateName: "Ä b/ü", TemplateContent: { Text: "only" }, Tags });
    expect(await remove("Ä b/ü")).toEqual({});
    for (const call of [get, update, remove]) expect(await refusalOf(call("Ä b/ü"))).toEqual(missing("Ä b/ü"));
  });

  test("a name that is taken is refused; of concurrent calls one wins", async () => {
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => create("one")));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await refusalOf(create("one"))).toEqual(["AlreadyExistsException", "Template one already exists."]);
    expect(await create("One")).toEqual({});
  });

  test.each<[what: string, name: string, input: Partial<Input<"CreateEmailTemplate">>, text: string]>([
    ["no name", "", {}, "The template name must be specified."],
    ["white space around the name", " a", {}, "Invalid template name < a>"],
    ["a NUL in the name", "a\0b", {}, "Invalid template name"],
    ["a long name", "n".repeat(257), {}, "Invalid template name"],
    ["no content", "a", { TemplateContent: {} }, "must have a subject, a text part or an HTML part"],
    ["blank content", "a", { TemplateContent: { Text: " " } }, "must have a subject"],
    ["content that can't be read", "a", { TemplateContent: { Html: "{{#if a}}" } }, "The template is not valid: Parse"],
    ["a NUL in the content", "a", { TemplateContent: { Text: "a\0" } }, "NUL"],
    [
      "more than 500 KB",
      "a",
      { TemplateContent: { Text: "x".repeat(300_000), Html: "ü".repeat(110_000) } },
      "The template is longer than 512000 bytes.",
    ],
    ["a reserved tag", "a", { Tags: [{ Key: "aws:a", Value: "" }] }, "Caller is an end user"],
  ])("%s is refused, and nothing is stored", async (_, name, input, text) => {
    const [code, message] = await refusalOf(create(name, input));
    expect(code).toBe("BadRequestException");
    expect(message).toContain(text);
    expect((await list()).TemplatesMetadata).toEqual([]);
  });

  test("an update that is refused changes nothing", async () => {
    await create("kept");
    for (const bad of [{}, { Text: "{{a" }])
      expect((await refusalOf(update("kept", bad)))[0]).toBe("BadRequestException");
    expect((await get("kept")).TemplateContent).toEqual(content);
  });

  test("there are at most 20,000", async () => {
    await database.query(
      `INSERT INTO email_templates (scope, name, created_at, text_part, tags)
       SELECT 1, 't-' || number, now(), 'x', '[]' FROM generate_series(1, 19999) AS number`,
    );
    await create("last");
    expect(await refusalOf(create("more"))).toEqual([
      "LimitExceededException",
      "The account has the maximum number of templates, <20000>.",
    ]);
    expect((await refusalOf(create("last")))[0]).toBe("AlreadyExistsException");
  });

  test("pages show each template once, newest first, while others come and go", async () => {
    for (let number = 0; number < 25; number++) await create(`t-${number}`);
    const first = await list();
    expect(first.TemplatesMetadata?.[0]).toEqual({ TemplateName: "t-24", CreatedTimestamp: context.now });
    const seen = (first.TemplatesMetadata ?? []).map((one) => one.TemplateName);
    expect(seen).toHaveLength(10);
    await create("newer");
    await remove(seen.at(-1) ?? "");
    const second = await list({ NextToken: first.NextToken, PageSize: 15 });
    expect(second.NextToken).toBeUndefined();
    seen.push(...(second.TemplatesMetadata ?? []).map((one) => one.TemplateName));
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `t-${24 - index}`));
    expect((await list({ NextToken: "", PageSize: 100 })).TemplatesMetadata).toHaveLength(25);
  });

  test("page sizes and tokens are checked", async () => {
    for (const PageSize of [0, -1, 101]) {
      expect(await refusalOf(list({ PageSize }))).toEqual([
        "BadRequestException",
        "The page size must be between 1 and 100",
      ]);
    }
    for (const token of ["garbage", encodeToken("configuration-sets ", "1"), encodeToken("email-templates", "1e3")]) {
      expect(await refusalOf(list({ NextToken: token }))).toEqual([
        "BadRequestException",
        `Invalid PageToken <${token}>.`,
      ]);
    }
  });

  test("a rendered template is a MIME message", async () => {
    await create("full");
    const { RenderedTemplate: mime = "" } = await render("full", '{"name":"Jörg & <b>"}');
    const mail = await PostalMime.parse(mime);
    expect(mail).toMatchObject({ subject: "Hi Jörg & <b>", date: "2026-11-23T12:34:56.000Z" });
    expect(mail.text?.trim()).toBe("Dear Jörg & <b>");
    expect(mail.html?.trim()).toBe("<p>Jörg & <b>");
    expect(mime).toContain("multipart/alternative");
    // A value can't add a header.
    const { RenderedTemplate: other = "" } = await render("full", '{"name":"a\\r\\nBcc: x@y.z"}');
    expect((await PostalMime.parse(other)).headers.map(({ key }) => key)).not.toContain("bcc");
  });

  test("a rendered number has all its digits", async () => {
    await create("numbers", { TemplateContent: { Text: "{{id}} {{#each l}}{{this}},{{/each}}" } });
    const { RenderedTemplate: mime = "" } = await render(
      "numbers",
      '{"id":1234567890123456789,"l":[100000000000000000001,1]}',
    );
    expect((await PostalMime.parse(mime)).text?.trim()).toBe("1234567890123456789 100000000000000000001,1,");
  });

  test("what can't be rendered is told", async () => {
    await create("full");
    expect(await refusalOf(render("full", "{}"))).toEqual([
      "BadRequestException",
      "Attribute 'name' is not present in the rendering data.",
    ]);
    expect((await refusalOf(render("full", "{")))[1]).toContain("The template data is not valid JSON");
    expect(await refusalOf(render("none", "{}"))).toEqual(missing("none"));
  });

  test("the send path sees each change at once", async () => {
    const { templates } = services;
    expect(await templates.get("t")).toBeUndefined();
    await create("t", { TemplateContent: { Text: "1" } });
    expect(await templates.get("t")).toMatchObject({ text: { statements: [{ text: "1" }] } });
    await update("t", { Text: "2" });
    expect(await templates.get("t")).toMatchObject({ text: { statements: [{ text: "2" }] } });
    // Not through this process: what was read stays until it is too old.
    await database.query("DELETE FROM email_templates");
    expect(await templates.get("t")).toBeDefined();
    expect((await refusalOf(remove("t")))[0]).toBe("NotFoundException");
    expect(await templates.get("t")).toBeUndefined();
  });

  test("a stored template that can't be read is an error to those who send it, not a defect", async () => {
    await database.query(
      "INSERT INTO email_templates (scope, name, created_at, text_part, tags) VALUES (1, 'old', now(), '{{a', '[]')",
    );
    expect(await services.templates.get("old")).toMatchObject({ name: "TemplateError" });
    expect((await refusalOf(render("old", "{}")))[0]).toBe("BadRequestException");
  });
});
