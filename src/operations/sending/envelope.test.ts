import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import type { Input } from "../../contract/types.ts";
import { prepare as prepareMessage } from "./envelope.ts";

type SendEmail = Input<"SendEmail">;

const prepare = (input: SendEmail) =>
  prepareMessage(input, { addressRules: { unicodeDomains: "refuse" }, addsFrom: true });

const simple: SendEmail = {
  FromEmailAddress: "Shop <shop@example.com>",
  Destination: { ToAddresses: ["jane@example.org"] },
  Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hi" } } } },
};
const withSimple = (part: object): Partial<SendEmail> => ({
  Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hi" } }, ...part } },
});
const raw = (...lines: string[]): SendEmail => ({ Content: { Raw: { Data: Buffer.from(lines.join("\r\n")) } } });
const stamp = { messageId: "0100-id-000000@email.amazonses.com", date: new Date("2026-03-04T05:06:07Z") };
const addresses = (count: number) => Array.from({ length: count }, (_, i) => `u${i}@example.org`);
const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].join("");
const file = (fileName: string, content: string | Buffer = "x") => ({
  FileName: fileName,
  RawContent: Buffer.from(content),
});

describe("what is refused, with BadRequestException", () => {
  const rest = raw("From: a@b.c", "To: d@e.f", "", "body").Content;
  test.each<[string | undefined, Partial<SendEmail>]>([
    [undefined, { FromEmailAddress: undefined }],
    [undefined, { FromEmailAddress: " " }],
    ["Missing final '@domain'", { FromEmailAddress: "shop" }],
    ["Missing final '@domain'", { FromEmailAddress: '"a@b"' }],
    ["Domain contains control or whitespace", { FromEmailAddress: "x@例え.jp" }],
    ["Domain contains control or whitespace", { Destination: { ToAddresses: ["x@bücher.example"] } }],
    ...["a@b.c\n", "\r\na@b.c", "A\r\nB <a@b.c>", "a@b.c (A\nB)"].flatMap((address): [string, Partial<SendEmail>][] => [
      [`Invalid email address <${address}>.`, { Destination: { ToAddresses: ["d@e.f", address] } }],
      [`Invalid email address <${address}>.`, { FromEmailAddress: address }],
      [`Invalid email address <${address}>.`, { ReplyToAddresses: [address] }],
    ]),
    ["Recipient count exceeds 50.", { Destination: { ToAddresses: Array(100_000).fill("nobody") } }],
    ["Reply-To count exceeds 50.", { ReplyToAddresses: addresses(51) }],
    ["The subject is longer than 16384 characters.", withSimple({ Subject: { Data: "s".repeat(16_385) } })],
    ["TenantName cannot exceed 64 characters.", { TenantName: "t".repeat(65) }],
    [
      "Invalid tenant name <a\0b>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
      { TenantName: "a\0b" },
    ],
    ["A message can have at most 50 tags.", { EmailTags: Array(80_000).fill({ Name: "a", Value: "b" }) }],
    [
      "A message can have at most 50 tags.",
      raw("From: a@b.c", "To: a@b.c", `X-SES-MESSAGE-TAGS: ${"a=b, ".repeat(51)}`, "", "body"),
    ],
    ["TenantName cannot exceed 64 characters.", raw("From: a@b.c", "To: a@b.c", `X-SES-TENANT: ${"t".repeat(65)}`, "")],
    ["Domain contains illegal character", { Destination: { ToAddresses: ["a@b.c", "a@b%.c"] } }],
    ["Local address contains control or whitespace", { Destination: { CcAddresses: ["a b@c.d"] } }],
    ["Illegal address", { Destination: { BccAddresses: ["a@b.c, d@e.f"] } }],
    ["Missing domain", { ReplyToAddresses: ["a@"] }],
    ["Missing final '@domain'", { FeedbackForwardingEmailAddress: "bounces" }],
    // Syntax is looked at before whether there are recipients.
    ["Missing domain", { Destination: undefined, ReplyToAddresses: ["a@"] }],
    ["The message must have at least one recipient.", { Destination: undefined }],
    ["The message must have at least one recipient.", { Destination: { ToAddresses: [], CcAddresses: [] } }],
    ["Recipient count exceeds 50.", { Destination: { ToAddresses: addresses(50), BccAddresses: ["x@y.z"] } }],
    ["Recipient count exceeds 50.", { Destination: { ToAddresses: Array(51).fill("same@example.org") } }],
    ["Content must contain exactly one of Simple, Raw and Template.", { Content: {} }],
    ["Content must contain exactly one of Simple, Raw and Template.", { Content: { ...simple.Content, ...rest } }],
    ["The message must have a text or an HTML body.", withSimple({ Body: {} })],
    ["Header 'Bcc' cannot be set as a custom header.", withSimple({ Headers: [{ Name: "Bcc", Value: "x@y.z" }] })],
    ['Illegal filename "a/b".', withSimple({ Attachments: [file("a/b")] })],
    ["The tag name must be specified.", { EmailTags: [{ Name: "", Value: "x" }] }],
    ["The tag value must be specified.", { EmailTags: [{ Name: "x", Value: "" }] }],
    ["Tag name cannot exceed 256 characters.", { EmailTags: [{ Name: "x".repeat(257), Value: "x" }] }],
    ["Tag value cannot exceed 256 characters.", { EmailTags: [{ Name: "x", Value: "x".repeat(257) }] }],
    [
      "Invalid tag name <ses:operation>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
      { EmailTags: [{ Name: "ses:operation", Value: "x" }] },
    ],
    [
      "Invalid tag value <ü>: only alphanumeric ASCII characters, '_', and '-' are allowed.",
      { EmailTags: [{ Name: "x", Value: "ü" }] },
    ],
    ["Missing required header 'From'.", raw("To: a@b.c", "", "body")],
    // The request's sender does not stand in for a From that is there.
    ["Missing required header 'From'.", { ...raw("From: ", "To: a@b.c", "", "body"), FromEmailAddress: "a@b.c" }],
    ["Invalid From address provided.", raw("From: a b@c.d", "To: a@b.c", "", "body")],
    ["Invalid From address provided.", raw("From: nobody:;", "To: a@b.c", "", "body")],
    ["Missing final '@domain'", raw("From: nobody", "To: a@b.c", "", "body")],
    ["Duplicate header 'Subject'.", raw("From: a@b.c", "Subject: 1", "Subject: 2", "To: a@b.c", "", "body")],
    [
      "Recipient count exceeds 50.",
      { ...raw("From: a@b.c", `To: ${addresses(51).join(", ")}`, "", "body"), Destination: {} },
    ],
    [
      "Invalid value in header 'X-SES-MESSAGE-TAGS'.",
      raw("From: a@b.c", "To: a@b.c", "X-SES-MESSAGE-TAGS: one", "", "body"),
    ],
    [
      "Invalid value in header 'X-SES-LIST-MANAGEMENT-OPTIONS'.",
      raw("From: a@b.c", "To: a@b.c", "X-SES-LIST-MANAGEMENT-OPTIONS: ; topic=x", "", "body"),
    ],
  ])("%s %#", (text, part) => {
    const input =
      part.Content?.Raw === undefined || part.Content.Simple ? { ...simple, ...part } : { Content: {}, ...part };
    expect(() => prepare(input)).toThrow(expect.objectContaining({ name: "BadRequestException", text }));
  });

  test("a raw message without recipients anywhere", () => {
    expect(() => prepare(raw("From: a@b.c", "", "body"))).toThrow("The message must have at least one recipient.");
  });

  test("more than 40 MB, as they are sent", () => {
    const limit = 40 * 1024 * 1024;
    const big = { ...simple, ...withSimple({ Attachments: [file("a.bin", Buffer.alloc(limit * 0.74))] }) };
    expect(() => prepare(big)).toThrow(/^Message length is more than 41943040 bytes long: '\d+'\.$/);
    const data = Buffer.alloc(limit + 1, "x");
    expect(() => prepare({ Content: { Raw: { Data: data } } })).toThrow(
      "Message length is more than 41943040 bytes long: '41943041'.",
    );
  });
});

test("an attachment of a type that SES does not send", () => {
  const rejected = expect.objectContaining({
    name: "MessageRejected",
    status: 400,
    text: "Message contains invalid content.",
  });
  for (const name of ["Setup.EXE", "a.js ", "x.tar.Vbs"]) {
    expect(() => prepare({ ...simple, ...withSimple({ Attachments: [file(name)] }) })).toThrow(rejected);
  }
  const disposition = 'Content-Disposition: attachment; filename="Setup.EXE"';
  expect(() => prepare(raw("From: a@b.c", "To: a@b.c", disposition, "", "body"))).toThrow(rejected);
});

test("a repeated tag name has all its values, in the order given", () => {
  const tags = Array.from({ length: 50 }, (_, index) => ({
    Name: index % 2 === 0 ? "__proto__" : "b",
    Value: `${index}`,
  }));
  const prepared = prepare({ ...simple, EmailTags: tags });
  const valuesOf = (name: string) => tags.filter(({ Name }) => Name === name).map(({ Value }) => Value);
  expect(Object.entries(prepared.tags)).toEqual([
    ["__proto__", valuesOf("__proto__")],
    ["b", valuesOf("b")],
  ]);
});

test("a Unicode domain is converted where the setting says so", () => {
  const addressRules = { unicodeDomains: "convert" } as const;
  const input = { ...simple, Destination: { ToAddresses: ["x@例え.jp"] } };
  const [recipient] = prepareMessage(input, { addressRules, addsFrom: true }).recipients;
  expect(recipient?.address.address).toBe("x@xn--r8jz45g.jp");
});

describe("Simple content", () => {
  test("all that the request says", async () => {
    const prepared = prepare({
      FromEmailAddress: "Jörg <jorg@xn--bcher-kva.example>",
      Destination: { ToAddresses: ["To <to@example.org>"], CcAddresses: ["cc@x.y"], BccAddresses: ["bcc@x.y"] },
      ReplyToAddresses: ["reply@x.y"],
      FeedbackForwardingEmailAddress: "bounces@x.y",
      FromEmailAddressIdentityArn: "arn:aws:ses:us-east-1:123456789012:identity/x.y",
      ConfigurationSetName: "set",
      TenantName: "tenant",
      EmailTags: [
        { Name: "campaign", Value: "a" },
        { Name: "campaign", Value: "b" },
        { Name: "__proto__", Value: "c" },
        { Name: "ses:feedback-id-a", Value: "d" },
      ],
      ListManagementOptions: { ContactListName: "list", TopicName: "topic" },
      ConfigurationOverrides: { Tracking: { OpenTrackingEnabled: "DISABLED" } },
      Content: {
        Simple: {
          Subject: { Data: "Grüße" },
          Body: { Text: { Data: "Text" }, Html: { Data: "<p>" } },
          Headers: [{ Name: "X-One", Value: "1" }],
          Attachments: [
            { ...file("a.png", "file"), ContentDisposition: "INLINE", ContentTransferEncoding: "SEVEN_BIT" },
          ],
        },
      },
    });
    expect(prepared).toMatchObject({
      from: { displayName: "Jörg", address: "jorg@xn--bcher-kva.example" },
      fromHeader: [{ address: "jorg@xn--bcher-kva.example" }],
      feedbackAddress: { address: "bounces@x.y" },
      replyTo: [{ address: "reply@x.y" }],
      recipients: [
        { address: { address: "to@example.org" }, kind: "to" },
        { address: { address: "cc@x.y" }, kind: "cc" },
        { address: { address: "bcc@x.y" }, kind: "bcc" },
      ],
      subject: "Grüße",
      configurationSetName: "set",
      tenantName: "tenant",
      listManagement: { contactListName: "list", topicName: "topic" },
      identityArns: { source: "arn:aws:ses:us-east-1:123456789012:identity/x.y" },
      tracking: { OpenTrackingEnabled: "DISABLED" },
      hasHtml: true,
      badContent: false,
    });
    expect(Object.entries(prepared.tags)).toEqual([
      ["campaign", ["a", "b"]],
      ["__proto__", ["c"]],
      ["ses:feedback-id-a", ["d"]],
    ]);
    const message = prepared.write(stamp);
    expect(message.toString()).not.toContain("bcc@x.y");
    const mail = await PostalMime.parse(message, { attachmentEncoding: "utf8" });
    expect(mail).toMatchObject({
      messageId: `<${stamp.messageId}>`,
      from: { name: "Jörg", address: "jorg@xn--bcher-kva.example" },
      to: [{ name: "To", address: "to@example.org" }],
      cc: [{ address: "cc@x.y" }],
      replyTo: [{ address: "reply@x.y" }],
      subject: "Grüße",
      attachments: [{ filename: "a.png", disposition: "inline" }],
    });
    expect(mail.headers).toContainEqual({ key: "x-one", originalKey: "X-One", value: "1" });
  });

  test("an address named twice is one recipient, whatever the case of its domain", () => {
    const { recipients } = prepare({
      ...simple,
      Destination: {
        ToAddresses: ["a@b.c", "A <a@B.C>", "A@b.c"],
        CcAddresses: ["a@b.c", "d@e.f"],
        BccAddresses: ["d@e.f"],
      },
    });
    expect(recipients.map(({ address, kind }) => [address.address, kind])).toEqual([
      ["a@b.c", "to"],
      ["A@b.c", "to"],
      ["d@e.f", "cc"],
    ]);
  });

  test("what is left out is left out", () => {
    const prepared = prepare({ ...simple, ConfigurationSetName: "", ...withSimple({ Subject: { Data: "" } }) });
    expect(prepared).toMatchObject({ replyTo: [], tags: {}, hasHtml: false });
    expect(prepared.subject).toBeUndefined();
    expect(prepared.configurationSetName).toBeUndefined();
    expect(prepared.feedbackAddress).toBeUndefined();
    expect(prepared.listManagement).toBeUndefined();
  });

  test.each([
    ["text", { Body: { Text: { Data: `x${eicar}` } } }],
    ["HTML", { Body: { Html: { Data: eicar } } }],
    ["a file", { Attachments: [file("a.txt", eicar)] }],
    ["the subject", { Subject: { Data: eicar } }],
  ])("the test virus in %s is bad content", (_, part) => {
    expect(prepare({ ...simple, ...withSimple(part) }).badContent).toBe(true);
  });
});

describe("Raw content", () => {
  const message = [
    "From: A <a@example.com>, b@example.com",
    "To: to@example.org",
    "Bcc: bcc@example.org",
    "Reply-To: reply@example.com",
    "Return-Path: <return@example.com>",
    "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=",
    "X-SES-CONFIGURATION-SET: set",
    "X-SES-MESSAGE-TAGS: one=1, two=2,",
    "X-SES-LIST-MANAGEMENT-OPTIONS: list; topic=topic",
    "X-SES-TENANT: tenant",
    "X-SES-SOURCE-ARN: arn",
    "Content-Type: text/html",
    "",
    "<p>",
  ];

  test("what the message says", () => {
    const prepared = prepare(raw(...message));
    expect(prepared).toMatchObject({
      from: { displayName: "A", address: "a@example.com" },
      fromHeader: [{ address: "a@example.com" }, { address: "b@example.com" }],
      feedbackAddress: { address: "return@example.com" },
      replyTo: [{ address: "reply@example.com" }],
      recipients: [
        { address: { address: "to@example.org" }, kind: "to" },
        { address: { address: "bcc@example.org" }, kind: "bcc" },
      ],
      subject: "Grüße",
      tags: { one: ["1"], two: ["2"] },
      configurationSetName: "set",
      tenantName: "tenant",
      listManagement: { contactListName: "list", topicName: "topic" },
      identityArns: { source: "arn" },
      hasHtml: true,
      badContent: false,
    });
    const sent = prepared.write(stamp).toString();
    expect(sent).toContain(`Message-ID: <${stamp.messageId}>\r\n`);
    expect(sent).not.toMatch(/^(?:bcc|return-path|x-ses-)/im);
  });

  test("the request goes before the message; tags are not joined", () => {
    const prepared = prepare({
      ...raw(...message),
      FromEmailAddress: "other@example.com",
      Destination: { CcAddresses: ["cc@example.org"] },
      EmailTags: [{ Name: "three", Value: "3" }],
      ConfigurationSetName: "other",
      TenantName: "another",
      ListManagementOptions: { ContactListName: "other-list" },
    });
    expect(prepared).toMatchObject({
      from: { address: "other@example.com" },
      fromHeader: [{ address: "a@example.com" }, { address: "b@example.com" }],
      recipients: [{ address: { address: "cc@example.org" }, kind: "cc" }],
      configurationSetName: "other",
      tenantName: "another",
      listManagement: { contactListName: "other-list", topicName: undefined },
    });
    expect(prepared.tags).toEqual({ three: ["3"] });
  });

  test("a feedback address counts where the message has no return path", () => {
    const input = { ...raw("From: a@b.c", "To: d@e.f", "", ""), FeedbackForwardingEmailAddress: "bounces@b.c" };
    expect(prepare(input).feedbackAddress?.address).toBe("bounces@b.c");
  });

  test("the test virus in an encoded part is bad content", () => {
    const encoded = Buffer.from(eicar).toString("base64");
    const lines = ["From: a@b.c", "To: d@e.f", "Content-Transfer-Encoding: base64", "", encoded];
    expect(prepare(raw(...lines)).badContent).toBe(true);
  });
});

describe("a raw message without From", () => {
  const message = ["To: d@e.f", "Subject: s", "", "body"];
  const sender = "Shop <shop@example.com>";

  test("gets it from the request", async () => {
    const prepared = prepare({ ...raw(...message), FromEmailAddress: sender });
    expect(prepared.from.address).toBe("shop@example.com");
    expect(prepared.fromHeader.map(({ address }) => address)).toEqual(["shop@example.com"]);
    const written = prepared.write(stamp);
    const mail = await PostalMime.parse(written);
    expect(mail).toMatchObject({ from: { name: "Shop", address: "shop@example.com" }, subject: "s", text: "body\n" });
    expect(prepared.size).toBe(written.length - written.indexOf("From:"));
  });

  test("is refused over SMTP, and without a sender", () => {
    const refused = "Missing required header 'From'.";
    const addressRules = { unicodeDomains: "refuse" } as const;
    const input = { ...raw(...message), FromEmailAddress: sender };
    expect(() => prepareMessage(input, { addressRules, addsFrom: false })).toThrow(refused);
    expect(() => prepare(raw(...message))).toThrow(refused);
  });
});
