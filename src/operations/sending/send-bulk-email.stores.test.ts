import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import type { Input } from "../../contract/types.ts";
import type { Outbox } from "../../events/outbox.ts";
import { sendBulkEmail } from "./send-bulk-email.ts";

type Template = NonNullable<NonNullable<Input<"SendEmail">["Content"]>["Template"]>;
const missing = (name: string) => `Attribute '${name}' is not present in the rendering data.`;

describe.each(databases)("SendBulkEmail on $name", ({ open }) => {
  const context = callContext();
  let mail: TemplateMail;

  beforeAll(async () => {
    mail = await openTemplateMail(await open());
  });
  afterAll(() => mail.close());
  beforeEach(() => mail.forget());

  const bulk = (input: Partial<Input<"SendBulkEmail">>) =>
    sendBulkEmail(mail.services)(
      {
        FromEmailAddress: "shop@example.com",
        DefaultContent: { Template: { TemplateName: "welcome", TemplateData: '{"name":"friend","animal":"cats"}' } },
        BulkEmailEntries: [{ Destination: { ToAddresses: ["jane@example.org"] } }],
        ...input,
      },
      context,
    );
  const entry = (address: string, data?: object) => ({
    Destination: { ToAddresses: [address] },
    ReplacementEmailContent: data && { ReplacementTemplate: { ReplacementTemplateData: JSON.stringify(data) } },
  });

  test("each entry has its result, in order; what is wrong with one leaves the others alone", async () => {
    const { BulkEmailEntryResults: results = [] } = await bulk({
      BulkEmailEntries: [
        entry("a@example.org", { name: "A" }),
        entry("not an address"),
        entry("b@example.org"),
        { Destination: {} },
        {
          ...entry("c@example.org"),
          ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: "[" } },
        },
        { ...entry("d@example.org"), ReplacementTags: [{ Name: "ü", Value: "x" }] },
        entry("e@example.org", { animal: null }),
        entry("a@example.org", { __proto__: null, name: "again" }),
      ],
    });
    const failed = (text: unknown) => ({ Status: "INVALID_PARAMETER", Error: text });
    const sent = { Status: "SUCCESS", MessageId: expect.any(String) };
    expect(results).toEqual([
      sent,
      failed(expect.any(String)),
      sent,
      failed("The message must have at least one recipient."),
      failed(expect.stringContaining("not valid JSON")),
      failed(expect.stringContaining("Invalid tag name")),
      sent,
      sent,
    ]);
    const ids = results.flatMap(({ MessageId }) => MessageId ?? []);
    expect(new Set(ids).size).toBe(4);
    const subjects = await Promise.all(
      [0, 2, 7].map(async (at) => (await mail.mailOf(results[at]?.MessageId)).subject),
    );
    expect(subjects).toEqual(["Hi A", "Hi friend", "Hi again"]);
    // null is as good as absent, also where there is a default.
    const failure = await mail.eventsOf(results[6]?.MessageId);
    expect(failure.map(({ type }) => type)).toEqual(["SEND", "RENDERING_FAILURE"]);
    expect(JSON.parse(failure[1]?.details ?? "").errorMessage).toBe(missing("animal"));
    expect(failure[0]?.tags).toMatchObject({ "ses:operation": ["SendBulkEmail"] });
  });

  test("an entry's data is merged into the default data at every depth; lists are replaced", async () => {
    const Text =
      "{{user.first}} {{user.last}} {{#each l}}{{this}},{{/each}} {{user.id}} {{__proto__.a}}{{__proto__.b}}";
    const { BulkEmailEntryResults: results = [] } = await bulk({
      DefaultContent: {
        Template: {
          TemplateContent: { Subject: "s", Text },
          TemplateData:
            '{"user":{"first":"D","last":"Smith","id":1234567890123456789},"l":["a","b"],"__proto__":{"a":1,"b":2}}',
        },
      },
      BulkEmailEntries: [
        {
          Destination: { ToAddresses: ["a@example.org"] },
          ReplacementEmailContent: {
            ReplacementTemplate: {
              ReplacementTemplateData: '{"user":{"first":"Ann"},"l":["x"],"__proto__":{"b":3}}',
            },
          },
        },
      ],
    });
    expect((await mail.mailOf(results[0]?.MessageId)).text?.trim()).toBe("Ann Smith x, 1234567890123456789 13");
  });

  test("an entry's tags count together with the default tags", async () => {
    const tag = (name: string) => ({ Name: name, Value: "x" });
    const { BulkEmailEntryResults: results = [] } = await bulk({
      DefaultEmailTags: Array.from({ length: 50 }, (_, index) => tag(`t${index}`)),
      BulkEmailEntries: [
        { ...entry("a@example.org", { name: "A", animal: "B" }), ReplacementTags: [tag("t0")] },
        { ...entry("b@example.org", { name: "A", animal: "B" }), ReplacementTags: [tag("more")] },
      ],
    });
    expect(results.map(({ Status, Error: text }) => [Status, text])).toEqual([
      ["SUCCESS", undefined],
      ["INVALID_PARAMETER", "A message can have at most 50 tags."],
    ]);
  });

  test("50 entries share a commit", async () => {
    const { BulkEmailEntryResults: results } = await bulk({
      BulkEmailEntries: Array.from({ length: 50 }, (_, index) => entry(`u${index}@example.org`, { name: index })),
    });
    expect(results?.every(({ Status }) => Status === "SUCCESS")).toBe(true);
    const commits = await mail.commits();
    expect(commits).toHaveLength(1);
    expect(commits.flat().map(({ recipient, type }) => [recipient, type])).toEqual(
      Array.from({ length: 50 }, (_, index) => [
        [`u${index}@example.org`, "SEND"],
        [`u${index}@example.org`, "DELIVERY"],
      ]).flat(),
    );
  });

  test("an entry's tags and headers take the place of those with their names", async () => {
    const Template = {
      TemplateName: "no-html",
      Headers: [
        { Name: "X-Kept", Value: "1" },
        { Name: "X-Replaced", Value: "2" },
      ],
    };
    const { BulkEmailEntryResults: results = [] } = await bulk({
      DefaultContent: { Template },
      DefaultEmailTags: [
        { Name: "kept", Value: "1" },
        { Name: "replaced", Value: "2" },
      ],
      BulkEmailEntries: [
        {
          ...entry("a@example.org"),
          ReplacementTags: [
            { Name: "replaced", Value: "3" },
            { Name: "new", Value: "4" },
          ],
          ReplacementHeaders: [
            { Name: "x-replaced", Value: "3" },
            { Name: "X-New", Value: "4" },
          ],
        },
        entry("b@example.org"),
      ],
    });
    const [first, second] = await Promise.all(results.map(({ MessageId }) => mail.eventsOf(MessageId)));
    expect(first?.[0]?.tags).toMatchObject({ kept: ["1"], replaced: ["3"], new: ["4"] });
    expect(second?.[0]?.tags).toMatchObject({ kept: ["1"], replaced: ["2"] });
    const headersOf = async (at: number) =>
      (await mail.mailOf(results[at]?.MessageId)).headers.flatMap(({ key, value }) =>
        key.startsWith("x-") ? [[key, value]] : [],
      );
    expect(await headersOf(0)).toEqual([
      ["x-kept", "1"],
      ["x-replaced", "3"],
      ["x-new", "4"],
    ]);
    expect(await headersOf(1)).toEqual([
      ["x-kept", "1"],
      ["x-replaced", "2"],
    ]);
  });

  test("large attachments go out in waves, all of them", async () => {
    const RawContent = Buffer.alloc(6 << 20, "x");
    const { BulkEmailEntryResults: results } = await bulk({
      DefaultContent: { Template: { TemplateName: "no-html", Attachments: [{ FileName: "a.txt", RawContent }] } },
      BulkEmailEntries: Array.from({ length: 6 }, (_, index) => entry(`u${index}@example.org`)),
    });
    expect(results?.map(({ Status }) => Status)).toEqual(Array(6).fill("SUCCESS"));
    expect((await mail.commits()).flat()).toHaveLength(12);
    const written = await mail.mailOf(results?.[5]?.MessageId);
    expect(written.attachments).toHaveLength(1);
  });

  const bulkTemplate = (Template: Template) => ({ DefaultContent: { Template } });
  test.each<[what: string, input: Partial<Input<"SendBulkEmail">>, code: string, text: string | undefined]>([
    [
      "no entries",
      { BulkEmailEntries: [] },
      "BadRequestException",
      "BulkEmailEntries must have between 1 and 50 entries.",
    ],
    [
      "too many entries",
      { BulkEmailEntries: Array(51).fill(entry("a@b.c")) },
      "BadRequestException",
      "BulkEmailEntries must have between 1 and 50 entries.",
    ],
    ["no template", { DefaultContent: {} }, "BadRequestException", "DefaultContent must have a Template."],
    ["no sender", { FromEmailAddress: undefined }, "BadRequestException", undefined],
    ["a bad sender", { FromEmailAddress: "sender@" }, "BadRequestException", "Invalid email address<sender@>."],
    [
      "a bad feedback address",
      { FeedbackForwardingEmailAddress: "bounces" },
      "BadRequestException",
      "Invalid email address<bounces>.",
    ],
    [
      "too many default tags",
      { DefaultEmailTags: Array(51).fill({ Name: "a", Value: "b" }) },
      "BadRequestException",
      "A message can have at most 50 tags.",
    ],
    ["a bad reply address", { ReplyToAddresses: ["a@"] }, "BadRequestException", "Missing domain"],
    [
      "a bad default tag",
      { DefaultEmailTags: [{ Name: "", Value: "x" }] },
      "BadRequestException",
      "The tag name must be specified.",
    ],
    [
      "bad default data",
      bulkTemplate({ TemplateName: "welcome", TemplateData: "1" }),
      "BadRequestException",
      "The template data must be a JSON object.",
    ],
    [
      "an unknown template",
      bulkTemplate({ TemplateName: "none" }),
      "NotFoundException",
      "Template none does not exist.",
    ],
    [
      "an unknown configuration set",
      { ConfigurationSetName: "none" },
      "NotFoundException",
      "Configuration set <none> does not exist.",
    ],
  ])("%s refuses the call as a whole", async (_, input, code, text) => {
    expect(await refusalOf(bulk(input))).toEqual([code, text]);
    expect(await mail.commits()).toEqual([]);
  });

  test("a commit that fails is the entries' failure", async () => {
    const broken: Outbox = { ...mail.services.outbox, submit: () => Promise.reject(new Error("the disk is full")) };
    const send = sendBulkEmail({ ...mail.services, outbox: broken });
    const answer = await send(
      {
        FromEmailAddress: "a@b.c",
        DefaultContent: { Template: { TemplateName: "welcome" } },
        BulkEmailEntries: [entry("a@b.c", { name: "A", animal: "B" }), entry("b@b.c")],
      },
      context,
    );
    expect(answer.BulkEmailEntryResults?.map(({ Status }) => Status)).toEqual(["TRANSIENT_FAILURE", "SUCCESS"]);
    expect(mail.failures).toEqual([[new Error("the disk is full"), context.requestId]]);
  });
});
