import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import { threeScopes } from "../../../test/support/three-scopes.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import { createSealer } from "../../access/sealing/sealer.ts";
import type { Input } from "../../contract/types.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertIdentity } from "../../stores/postgres/identities.ts";
import { encodeToken } from "../page-token.ts";
import { createCustomVerificationEmailTemplate as createInV1 } from "../v1/create-custom-verification-email-template.ts";
import { deleteCustomVerificationEmailTemplate as deleteInV1 } from "../v1/delete-custom-verification-email-template.ts";
import { getCustomVerificationEmailTemplate as getInV1 } from "../v1/get-custom-verification-email-template.ts";
import { listCustomVerificationEmailTemplates as listInV1 } from "../v1/list-custom-verification-email-templates.ts";
import { updateCustomVerificationEmailTemplate as updateInV1 } from "../v1/update-custom-verification-email-template.ts";
import { customVerificationOperations } from "./custom-verification-operations.ts";
import type { CustomVerificationServices } from "./custom-verification-services.ts";

type Given = Input<"CreateCustomVerificationEmailTemplate">;

const context = callContext();
const yes = "https://example.com/yes";
const no = "https://example.com/no?a=b";

describe.each(databases)("custom verification templates on $name", ({ open }) => {
  let mail: TemplateMail;
  let database: ScopedDatabase;
  let services: CustomVerificationServices;
  let call: ReturnType<typeof customVerificationOperations>;

  const servicesOn = (on: ScopedDatabase): CustomVerificationServices => ({
    identities: {
      database: on,
      settings: mail.services.settings,
      sealer: createSealer(Buffer.alloc(32, 1)),
      clock: () => context.now,
      proving: "asked",
      verifier: undefined,
    },
    sending: mail.services,
    verification: "off",
    publicUrl: () => "https://mail.example.com/",
    abuseAddress: undefined,
  });

  beforeAll(async () => {
    database = await open();
    mail = await openTemplateMail(database);
    services = servicesOn(database);
    call = customVerificationOperations(services);
  });
  afterAll(() => mail.close());
  beforeEach(async () => {
    await database.query("DELETE FROM custom_verification_templates");
    await database.query("DELETE FROM email_identities");
    mail.services.settings.invalidate("identities");
  });

  const parts = (given: Partial<Given> = {}): Given => ({
    TemplateName: "sample",
    FromEmailAddress: "Shop <shop@example.com>",
    TemplateSubject: "Please confirm",
    TemplateContent: "<p>Hello</p>",
    SuccessRedirectionURL: yes,
    FailureRedirectionURL: no,
    ...given,
  });
  const create = (given: Partial<Given> = {}) => call.CreateCustomVerificationEmailTemplate(parts(given), context);
  const get = (TemplateName = "sample") => call.GetCustomVerificationEmailTemplate({ TemplateName }, context);
  const list = (input: object = {}) => call.ListCustomVerificationEmailTemplates(input, context);
  const missing = (name: string) => [
    "NotFoundException",
    `Custom verification email template <${name}> does not exist`,
  ];
  const missingInV1 = (name: string) => [
    "CustomVerificationEmailTemplateDoesNotExist",
    `Custom verification email template <${name}> does not exist`,
    { CustomVerificationEmailTemplateName: name },
  ];

  test("a template is made, read, listed, changed and deleted", async () => {
    const Tags = [{ Key: "team", Value: "a" }];
    expect(await create({ Tags })).toEqual({});
    expect(await get()).toEqual({ ...parts(), Tags });
    const { TemplateContent: _, ...listed } = parts();
    expect(await list()).toEqual({ CustomVerificationEmailTemplates: [listed], NextToken: undefined });
    const changed = parts({ FromEmailAddress: "a@b.example", TemplateSubject: "", TemplateContent: "x" });
    expect(await call.UpdateCustomVerificationEmailTemplate(changed, context)).toEqual({});
    expect(await get()).toEqual({ ...changed, Tags });
    expect(await call.DeleteCustomVerificationEmailTemplate({ TemplateName: "sample" }, context)).toEqual({});
    const input = { TemplateName: "sample" };
    for (const answer of [
      () => get(),
      () => call.UpdateCustomVerificationEmailTemplate(parts(), context),
      () => call.DeleteCustomVerificationEmailTemplate(input, context),
    ]) {
      expect(await refusalOf(answer())).toEqual(missing("sample"));
    }
  });

  test.each<[what: string, given: Partial<Given>, refusal: [string, string | undefined]]>([
    ["no name", { TemplateName: "" }, ["BadRequestException", "The template name must be specified."]],
    [
      "an address that is none, before a bad URL",
      { FromEmailAddress: "nobody", SuccessRedirectionURL: "x" },
      ["BadRequestException", "Invalid email address <nobody>."],
    ],
    [
      "a line break in the sender",
      { FromEmailAddress: "a@example.com\r\nBcc: b@example.com" },
      ["BadRequestException", "Invalid email address <a@example.com\r\nBcc: b@example.com>."],
    ],
    ...[
      "",
      "x",
      "/yes",
      "//example.com/",
      "javascript:alert(1)",
      "data:text/html,x",
      "ftp://example.com/",
      "https://",
    ].map((url): [string, Partial<Given>, [string, string]] => [
      `the success URL ${JSON.stringify(url)}, before the other`,
      { SuccessRedirectionURL: url, FailureRedirectionURL: "x" },
      ["BadRequestException", "The success redirection URL is invalid"],
    ]),
    ...[
      "https://user:secret@example.com/",
      "https://example.com/\r\nSet-Cookie: a",
      "https:\\\\example.com",
      "https://a b/",
    ].map((url): [string, Partial<Given>, [string, string]] => [
      `the failure URL ${JSON.stringify(url)}, before the content`,
      { FailureRedirectionURL: url, TemplateContent: "<script>" },
      ["BadRequestException", "The failure redirection URL is invalid"],
    ]),
    [
      "an element, before the tags",
      { TemplateContent: "<p><a href='https://example.com/'>x</a>", Tags: [{ Key: "aws:x", Value: "" }] },
      ["BadRequestException", "Invalid template content: the element <a> is not allowed."],
    ],
    ["a NUL", { TemplateContent: "x\0" }, ["BadRequestException", "Invalid template content: it is not Unicode text."]],
    [
      "a mail of 10 MB",
      { TemplateContent: "x".repeat(10 * 1024 * 1024) },
      ["BadRequestException", expect.stringMatching(/^Message length is more than 10485759 bytes long/)],
    ],
    [
      "tags, before the name that is taken",
      { TemplateName: "taken", Tags: [{ Key: "aws:x", Value: "" }] },
      ["BadRequestException", "Caller is an end user and not allowed to mutate system tags"],
    ],
    [
      "a name that is taken",
      { TemplateName: "taken" },
      ["AlreadyExistsException", "Custom verification email template <taken> already exists"],
    ],
  ])("%s is refused, and changes nothing", async (_, given, refusal) => {
    await create({ TemplateName: "taken" });
    expect(await refusalOf(create(given))).toEqual(refusal);
    const { Tags: __, ...update } = parts(given);
    if (given.TemplateName === undefined && given.Tags === undefined) {
      expect(
        await refusalOf(call.UpdateCustomVerificationEmailTemplate({ ...update, TemplateName: "taken" }, context)),
      ).toEqual(refusal);
    }
    expect((await list()).CustomVerificationEmailTemplates).toHaveLength(1);
    expect(await get("taken")).toEqual({ ...parts({ TemplateName: "taken" }), Tags: [] });
  });

  test("where senders must be verified, the template's must be", async () => {
    const strict = customVerificationOperations({ ...services, verification: "required" });
    const make = () => strict.CreateCustomVerificationEmailTemplate(parts({ SuccessRedirectionURL: "x" }), context);
    const text = "The from email address <Shop <shop@example.com>> is not verified";
    expect(await refusalOf(make())).toEqual(["NotFoundException", text]);
    const inV1 = createInV1({ ...services, verification: "required" });
    expect(await v1RefusalOf(inV1(parts(), context))).toEqual([
      "FromEmailAddressNotVerified",
      text,
      { FromEmailAddress: "Shop <shop@example.com>" },
    ]);
    // The settings of these tests take every identity as verified.
    const identity = {
      name: "example.com",
      type: "DOMAIN",
      configurationSetName: null,
      createdAt: context.now,
    } as const;
    await insertIdentity(database, { ...identity, tags: [], dkim: undefined }, 10);
    mail.services.settings.invalidate("identities");
    expect((await refusalOf(make()))[1]).toBe("The success redirection URL is invalid");
  });

  test("pages are by name; a token is of this list and this scope", async () => {
    const names = ["b", "A", "a", "ü", "c"];
    for (const TemplateName of names) await create({ TemplateName });
    const seen: (string | undefined)[] = [];
    let NextToken: string | undefined = "";
    do {
      const page = await list({ PageSize: 2, NextToken });
      seen.push(...(page.CustomVerificationEmailTemplates ?? []).map(({ TemplateName }) => TemplateName));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toEqual(["A", "a", "b", "c", "ü"]);
    for (const PageSize of [0, -1, 51]) {
      expect(await refusalOf(list({ PageSize }))).toEqual([
        "BadRequestException",
        "The page size must be between 1 and 50",
      ]);
    }
    for (const token of [
      "x",
      encodeToken("email-templates", "a"),
      encodeToken("custom-verification-templates", "\0"),
    ]) {
      expect(await refusalOf(list({ NextToken: token }))).toEqual([
        "BadRequestException",
        `Invalid nextToken <${token}>.`,
      ]);
    }
  });

  test("there are at most 50", async () => {
    await Promise.all(Array.from({ length: 50 }, (_, index) => create({ TemplateName: `t${index}` })));
    expect((await list()).CustomVerificationEmailTemplates).toHaveLength(50);
    expect(await refusalOf(create())).toEqual([
      "LimitExceededException",
      "The account has the maximum number of custom verification email templates, <50>.",
    ]);
    expect((await refusalOf(create({ TemplateName: "t1" })))[0]).toBe("AlreadyExistsException");
  });

  test("of concurrent calls with one name, one creates it", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create()));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("v1 has the same templates, with its own codes", async () => {
    expect(await createInV1(services)(parts(), context)).toEqual({});
    expect(await get()).toEqual({ ...parts(), Tags: [] });
    expect(await getInV1({ database })({ TemplateName: "sample" }, context)).toEqual(parts());
    const { TemplateContent: _, ...listed } = parts();
    expect(await listInV1({ database })({ MaxResults: 1 }, context)).toMatchObject({
      CustomVerificationEmailTemplates: [listed],
    });
    expect(await v1RefusalOf(createInV1(services)(parts(), context))).toEqual([
      "CustomVerificationEmailTemplateAlreadyExists",
      "Custom verification email template <sample> already exists",
      { CustomVerificationEmailTemplateName: "sample" },
    ]);
    expect(await v1RefusalOf(createInV1(services)(parts({ TemplateContent: "<!-- x -->" }), context))).toEqual([
      "CustomVerificationEmailInvalidContent",
      "Invalid template content: comments are not allowed.",
      {},
    ]);
    expect((await v1RefusalOf(createInV1(services)(parts({ FailureRedirectionURL: "x" }), context)))[0]).toBe(
      "InvalidParameterValue",
    );
    // Unlike in v2, what is left out stays.
    const subject = { TemplateName: "sample", TemplateSubject: "Other" };
    expect(await updateInV1(services)(subject, context)).toEqual({});
    expect(await get()).toMatchObject(parts({ TemplateSubject: "Other" }));
    await deleteInV1({ database })({ TemplateName: "sample" }, context);
    await deleteInV1({ database })({ TemplateName: "sample" }, context);
    expect(await v1RefusalOf(getInV1({ database })({ TemplateName: "sample" }, context))).toEqual(
      missingInV1("sample"),
    );
  });

  test("each account and region has its own", async () => {
    await create();
    const [own, ...others] = await threeScopes(database);
    for (const other of others) {
      const theirs = customVerificationOperations(servicesOn(other.database));
      expect(await theirs.ListCustomVerificationEmailTemplates({}, context)).toMatchObject({
        CustomVerificationEmailTemplates: [],
      });
      const input = { TemplateName: "sample" };
      for (const answer of [
        () => theirs.GetCustomVerificationEmailTemplate(input, context),
        () => theirs.UpdateCustomVerificationEmailTemplate(parts({ TemplateSubject: "theirs" }), context),
        () => theirs.DeleteCustomVerificationEmailTemplate(input, context),
      ]) {
        expect(await refusalOf(answer())).toEqual(missing("sample"));
      }
      await theirs.CreateCustomVerificationEmailTemplate(parts({ TemplateSubject: "theirs" }), context);
    }
    expect(own.database.scope).toBe(database.scope);
    expect((await get()).TemplateSubject).toBe("Please confirm");
  });
});
