import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext, refusalOf } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import type { Input } from "../../contract/types.ts";
import { sendEmail } from "./send-email.ts";

type Template = NonNullable<NonNullable<Input<"SendEmail">["Content"]>["Template"]>;
const arn = (name: string) => `arn:aws:ses:us-east-1:000000000000:template/${name}`;
const missing = (name: string) => `Attribute '${name}' is not present in the rendering data.`;

describe.each(databases)("SendEmail with a template on $name", ({ open }) => {
  const context = callContext();
  let mail: TemplateMail;

  beforeAll(async () => {
    mail = await openTemplateMail(await open());
  });
  afterAll(() => mail.close());
  beforeEach(() => mail.forget());

  const send = (Template: Template, input: Partial<Input<"SendEmail">> = {}) =>
    sendEmail(mail.services)(
      {
        FromEmailAddress: "shop@example.com",
        Destination: { ToAddresses: ["jane@example.org"] },
        Content: { Template },
        ...input,
      },
      context,
    );
  const full = '{"name":"Jo & <b>","animal":"dogs"}';

  test.each<[string, Template]>([
    ["its name", { TemplateName: "welcome", TemplateData: full }],
    ["its ARN", { TemplateArn: arn("welcome"), TemplateData: full }],
    ["both", { TemplateName: "welcome", TemplateArn: arn("welcome"), TemplateData: full }],
    [
      "its content",
      {
        TemplateContent: { Subject: "Hi {{name}}", Text: "{{name}} likes {{animal}}", Html: "<p>{{name}}" },
        TemplateData: full,
      },
    ],
  ])("a template given by %s is filled and sent", async (_, template) => {
    const { MessageId } = await send({
      ...template,
      Headers: [{ Name: "X-One", Value: "{{name}}" }],
      Attachments: [{ FileName: "a.txt", RawContent: Buffer.from("file") }],
    });
    const events = await mail.eventsOf(MessageId);
    expect(events.map(({ type }) => type)).toEqual(["SEND", "DELIVERY"]);
    expect(events[0]).toMatchObject({ subject: "Hi Jo & <b>", tags: { "ses:operation": ["SendEmail"] } });
    const written = await mail.mailOf(MessageId);
    expect(written).toMatchObject({ subject: "Hi Jo & <b>", attachments: [{ filename: "a.txt" }] });
    expect(written.text?.trim()).toBe("Jo & <b> likes dogs");
    expect(written.html?.trim()).toBe("<p>Jo & <b>");
    // Headers are no part of the template.
    expect(written.headers).toContainEqual(expect.objectContaining({ key: "x-one", value: "{{name}}" }));
  });

  test("a part that is empty is no part", async () => {
    const written = await mail.mailOf((await send({ TemplateName: "no-html" })).MessageId);
    expect(written.html).toBeUndefined();
    expect(written.subject ?? "").toBe("");
  });

  test("a message that can't be filled is accepted, and told for each recipient", async () => {
    const { MessageId } = await send(
      { TemplateName: "welcome", TemplateData: '{"name":"Jo"}' },
      {
        Destination: { ToAddresses: ["a@example.org"], BccAddresses: ["success@simulator.amazonses.com"] },
        EmailTags: [{ Name: "campaign", Value: "x" }],
      },
    );
    const events = await mail.eventsOf(MessageId);
    expect(events.map(({ type, recipient }) => [recipient, type])).toEqual([
      ["a@example.org", "SEND"],
      ["a@example.org", "RENDERING_FAILURE"],
      ["success@simulator.amazonses.com", "SEND"],
      ["success@simulator.amazonses.com", "RENDERING_FAILURE"],
    ]);
    expect(JSON.parse(events[1]?.details ?? "")).toEqual({ errorMessage: missing("animal"), templateName: "welcome" });
    expect(events[0]).toMatchObject({ subject: "", source: "shop@example.com" });
    // No mail is stored.
    expect(events[0]).not.toHaveProperty("object_key");
    expect(events[0]?.tags).toMatchObject({ campaign: ["x"] });
  });

  test("a template that came along has no name in its failure", async () => {
    const { MessageId } = await send({ TemplateContent: { Text: "{{x}}" } });
    const [, failure] = await mail.eventsOf(MessageId);
    expect(JSON.parse(failure?.details ?? "")).toEqual({ errorMessage: missing("x"), templateName: "" });
  });

  test.each<[what: string, template: Template, input: Partial<Input<"SendEmail">>, refusal: [string, string]]>([
    ["an unknown name", { TemplateName: "none" }, {}, ["NotFoundException", "Template none does not exist."]],
    ["an unknown ARN", { TemplateArn: arn("none") }, {}, ["NotFoundException", "Template none"]],
    ["no template", {}, {}, ["BadRequestException", "Template must be given either by"]],
    [
      "two templates",
      { TemplateName: "welcome", TemplateContent: { Text: "x" } },
      {},
      ["BadRequestException", "either"],
    ],
    [
      "a name and another ARN",
      { TemplateName: "welcome", TemplateArn: arn("no-html") },
      {},
      ["BadRequestException", "either"],
    ],
    ...["eu-west-1:000000000000", "us-east-1:111122223333", ":000000000000", "us-east-1:"].map(
      (place): [string, Template, object, [string, string]] => [
        `the ARN of a template in ${place}`,
        { TemplateArn: `arn:aws:ses:${place}:template/welcome` },
        {},
        ["BadRequestException", `Invalid template ARN <arn:aws:ses:${place}:template/welcome>.`],
      ],
    ),
    ["another ARN", { TemplateArn: "arn:aws:ses:r:1:identity/a" }, {}, ["BadRequestException", "Invalid template ARN"]],
    [
      "data that is not JSON",
      { TemplateName: "welcome", TemplateData: "{" },
      {},
      ["BadRequestException", "valid JSON"],
    ],
    ["data that is no object", { TemplateName: "welcome", TemplateData: "[]" }, {}, ["BadRequestException", "object"]],
    ["content that can't be read", { TemplateContent: { Text: "{{" } }, {}, ["BadRequestException", "not valid"]],
    ["content over 1 MB", { TemplateContent: { Text: "x".repeat(1048577) } }, {}, ["BadRequestException", "1048576"]],
    ["no body", { TemplateName: "subject-only" }, {}, ["BadRequestException", "must have a text or an HTML body"]],
    // What can't be filled is checked like any other message.
    ["no recipient", { TemplateName: "welcome" }, { Destination: {} }, ["BadRequestException", "one recipient"]],
    [
      "a header that may not be set",
      { TemplateName: "welcome", Headers: [{ Name: "Bcc", Value: "a@b.c" }] },
      {},
      ["BadRequestException", "Header 'Bcc'"],
    ],
    [
      "other content besides",
      { TemplateName: "welcome" },
      { Content: { Template: { TemplateName: "welcome" }, Raw: { Data: Buffer.from("x") } } },
      ["BadRequestException", "exactly one of"],
    ],
    ["an unknown set", { TemplateName: "welcome" }, { ConfigurationSetName: "no" }, ["NotFoundException", "<no>"]],
  ])("%s is refused, and nothing is recorded", async (_, template, input, [code, text]) => {
    const refusal = await refusalOf(send(template, input));
    expect(refusal[0]).toBe(code);
    expect(refusal[1]).toContain(text);
    expect(await mail.commits()).toEqual([]);
  });
});
