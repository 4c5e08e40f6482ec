import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { callContext } from "../../../test/support/operation-call.ts";
import { openTemplateMail, type TemplateMail } from "../../../test/support/template-mail.ts";
import { v1RefusalOf } from "../../../test/support/v1-refusal.ts";
import type { Input } from "../../contract/v1/types.ts";
import { createEmailTemplate } from "../templates/create-email-template.ts";
import { sendBulkTemplatedEmail } from "./send-bulk-templated-email.ts";
import { sendTemplatedEmail } from "./send-templated-email.ts";

describe.each(databases)("templated mail of v1 on $name", ({ open }) => {
  const context = callContext();
  let mail: TemplateMail;

  beforeAll(async () => {
    const database = await open();
    mail = await openTemplateMail(database);
    const { templates } = mail.services;
    const part = `{{#each many}}${"x".repeat(100_000)}{{/each}}`;
    const TemplateContent = { Text: part, Html: part };
    await createEmailTemplate({ database, templates })({ TemplateName: "long", TemplateContent }, context);
  });
  afterAll(() => mail.close());
  beforeEach(() => mail.forget());

  const send = (input: Partial<Input<"SendTemplatedEmail">>) =>
    sendTemplatedEmail(mail.services)(
      {
        Source: "Shop <shop@example.com>",
        Destination: { ToAddresses: ["jane@example.org"] },
        Template: "welcome",
        TemplateData: '{"name":"Jane","animal":"cats"}',
        ...input,
      },
      context,
    );
  const bulk = (input: Partial<Input<"SendBulkTemplatedEmail">>) =>
    sendBulkTemplatedEmail(mail.services)(
      {
        Source: "shop@example.com",
        Template: "welcome",
        DefaultTemplateData: '{"name":"friend","animal":"cats"}',
        Destinations: [{ Destination: { ToAddresses: ["jane@example.org"] } }],
        ...input,
      },
      context,
    );
  const to = (address: string) => ({ Destination: { ToAddresses: [address] } });
  const missing = ["TemplateDoesNotExist", "Template none does not exist.", { TemplateName: "none" }];
  const many = (count: number) => JSON.stringify({ many: Array.from({ length: count }, () => 1) });

  test("a template is filled, and everything else is as in v2", async () => {
    const { MessageId } = await send({
      ReplyToAddresses: ["reply@example.com"],
      ReturnPath: "bounces@example.com",
      Tags: [{ Name: "campaign", Value: "spring" }],
      TemplateArn: "arn:aws:ses:us-east-1:000000000000:template/welcome",
    });
    const written = await mail.mailOf(MessageId);
    expect(written).toMatchObject({ subject: "Hi Jane", replyTo: [{ address: "reply@example.com" }] });
    expect(written.text?.trim()).toBe("Jane likes cats");
    const [sent] = await mail.eventsOf(MessageId);
    expect(sent).toMatchObject({
      type: "SEND",
      source: "shop@example.com",
      details: expect.stringContaining('"feedbackAddress":"bounces@example.com"'),
      tags: expect.objectContaining({ campaign: ["spring"], "ses:operation": ["SendTemplatedEmail"] }),
    });
  });

  test("mail that can't be rendered is accepted, and fails with an event", async () => {
    const { MessageId } = await send({ TemplateData: "{}" });
    expect((await mail.eventsOf(MessageId)).map(({ type }) => type)).toEqual(["SEND", "RENDERING_FAILURE"]);
  });

  test.each<[Partial<Input<"SendTemplatedEmail">>, string]>([
    [{ TemplateData: "[" }, "InvalidParameterValue"],
    [{ Source: "" }, "InvalidParameterValue"],
    [{ Destination: {} }, "InvalidParameterValue"],
    [{ TemplateArn: "arn:aws:ses:us-east-1:000000000000:template/other" }, "InvalidParameterValue"],
    [{ ConfigurationSetName: "none" }, "ConfigurationSetDoesNotExist"],
    [{ Tags: [{ Name: "ü", Value: "x" }] }, "InvalidParameterValue"],
  ])("mail with %j is refused", async (input, code) => {
    expect((await v1RefusalOf(send(input)))[0]).toBe(code);
    expect(await mail.commits()).toEqual([]);
  });

  test("a template that isn't stored is told as in v1", async () => {
    expect(await v1RefusalOf(send({ Template: "none" }))).toEqual(missing);
    expect(await v1RefusalOf(bulk({ Template: "none" }))).toEqual(missing);
  });

  test("bulk mail has v1's status for each destination, in order", async () => {
    const { Status = [] } = await bulk({
      DefaultTags: [{ Name: "a", Value: "1" }],
      Destinations: [
        { ...to("a@example.org"), ReplacementTemplateData: '{"name":"A"}' },
        to("not an address"),
        { ...to("b@example.org"), ReplacementTags: [{ Name: "a", Value: "2" }] },
        { Destination: {} },
        { ...to("c@example.org"), ReplacementTemplateData: "[" },
      ],
    });
    const sent = { Status: "Success", MessageId: expect.any(String) };
    const refused = (text: unknown) => ({ Status: "InvalidParameterValue", Error: text });
    expect(Status).toEqual([
      sent,
      refused(expect.any(String)),
      sent,
      refused("The message must have at least one recipient."),
      refused(expect.stringContaining("not valid JSON")),
    ]);
    expect((await mail.mailOf(Status[0]?.MessageId)).subject).toBe("Hi A");
    const [second] = await mail.eventsOf(Status[2]?.MessageId);
    expect(second?.tags).toMatchObject({ a: ["2"], "ses:operation": ["SendBulkTemplatedEmail"] });
  });

  test("bulk mail needs 1 to 50 destinations, and a sender", async () => {
    for (const Destinations of [[], Array.from({ length: 51 }, () => to("a@example.org"))]) {
      expect(await v1RefusalOf(bulk({ Destinations }))).toEqual([
        "InvalidParameterValue",
        "Destinations must have between 1 and 50 entries.",
        {},
      ]);
    }
    expect((await v1RefusalOf(bulk({ Source: "nobody" })))[0]).toBe("InvalidParameterValue");
    expect(await mail.commits()).toEqual([]);
  });

  test("mail has up to 10 MB", async () => {
    const tooLong = expect.stringMatching(/^Message length is more than 10485760 bytes long: '\d+'\.$/);
    const long = (count: number) => ({ Template: "long", TemplateData: many(count) });
    expect(await send(long(45))).toHaveProperty("MessageId");
    expect(await v1RefusalOf(send(long(55)))).toEqual(["InvalidParameterValue", tooLong, {}]);
    const Destinations = [
      { ...to("a@example.org"), ReplacementTemplateData: many(1) },
      { ...to("a@example.org"), ReplacementTemplateData: many(55) },
    ];
    const { Status } = await bulk({ Template: "long", DefaultTemplateData: "{}", Destinations });
    expect(Status).toEqual([
      { Status: "Success", MessageId: expect.any(String) },
      { Status: "InvalidParameterValue", Error: tooLong },
    ]);
  });
});
