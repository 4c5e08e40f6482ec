/** Sending, with the SDK and with nodemailer: what is kept, and what is refused. */
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  DeleteEmailIdentityCommand,
  GetAccountCommand,
  PutAccountSendingAttributesCommand,
  PutConfigurationSetSendingOptionsCommand,
  SendEmailCommand,
  type SendEmailRequest,
} from "@aws-sdk/client-sesv2";
import { createTransport } from "nodemailer";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectMailglass, type Inbox } from "../src/testing/index.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { refused } from "./support/refused.ts";
import { insightsOf, send as sendOn, simple, told } from "./support/sent-mail.ts";

let server: InProcessServer;
let inbox: Inbox;

beforeAll(async () => {
  server = await startInProcess({
    environment: { MAILGLASS_ACCOUNT_ID: "123456789012", MAILGLASS_EXPORT_WORKERS: "0" },
  });
  ({ inbox } = await connectMailglass(server.url));
});
afterAll(() => server.close());

const send = (input: SendEmailRequest, on = server) => sendOn(on, input);
const insights = (id: string, on = server) => insightsOf(on, id);

describe("what is sent", () => {
  it("is kept as a message with what the request said", async () => {
    const id = await send({
      FromEmailAddress: "Jürgen Sender <sender@example.com>",
      Destination: {
        ToAddresses: ["To <to@example.com>"],
        CcAddresses: ["cc@example.com"],
        BccAddresses: ["bcc@example.com"],
      },
      ReplyToAddresses: ["reply@example.com"],
      Content: {
        Simple: {
          Subject: { Data: "Grüße \u{1f600}" },
          Body: { Text: { Data: "Hallo\nWelt" }, Html: { Data: "<p>Hallo</p>" } },
          Headers: [{ Name: "X-Own", Value: "a value" }],
          Attachments: [
            { FileName: "ä.bin", RawContent: Buffer.from([0, 1, 254, 255]), ContentType: "application/octet-stream" },
          ],
        },
      },
    });
    const raw = await (await inbox.get(id)).raw();
    const mail = await PostalMime.parse(raw);
    expect(mail).toMatchObject({
      from: { name: "Jürgen Sender", address: "sender@example.com" },
      to: [{ name: "To", address: "to@example.com" }],
      cc: [{ address: "cc@example.com" }],
      replyTo: [{ address: "reply@example.com" }],
      subject: "Grüße \u{1f600}",
      html: "<p>Hallo</p>\n",
      text: "Hallo\nWelt\n",
      messageId: `<${id}@us-east-1.mailglass>`,
      attachments: [{ filename: "ä.bin", mimeType: "application/octet-stream" }],
    });
    const [attachment] = mail.attachments;
    expect(attachment?.content).toEqual(new Uint8Array([0, 1, 254, 255]).buffer);
    expect(mail.headers).toContainEqual(expect.objectContaining({ key: "x-own", value: "a value" }));
    expect(raw.toString("latin1")).not.toMatch(/^bcc:/im);
    expect(told(await insights(id)).map(([recipient]) => recipient)).toEqual([
      "to@example.com",
      "cc@example.com",
      "bcc@example.com",
    ]);
  });

  it("is kept byte for byte where it was raw, but for what SES changes", async () => {
    const body = `first line\r\n.\r\n..\r\n=20\r\n${"x".repeat(900)}\r\n\x01 tab\t end \r\n`;
    const headers =
      "Subject: raw\r\nX-Folded: a\r\n b\r\nTo: user@example.com\r\nFrom: Sender <sender@example.com>\r\n";
    const id = await send({
      Content: { Raw: { Data: Buffer.from(`${headers}Bcc: secret@example.com\r\n\r\n${body}`) } },
    });
    const message = await inbox.get(id);
    const raw = (await message.raw()).toString("latin1");
    expect(raw.slice(raw.indexOf("\r\n\r\n") + 4)).toBe(body);
    expect(raw).toContain("Subject: raw\r\nX-Folded: a\r\n b\r\n");
    expect(raw).toContain(`Message-ID: <${id}@us-east-1.mailglass>\r\n`);
    expect(raw).not.toContain("secret");
    expect(told(await insights(id))).toHaveLength(2);
  });

  it("keeps many messages at once apart", async () => {
    const texts = Array.from({ length: 60 }, (_, index) => `text ${index} `.repeat(index * 5 + 1));
    const ids = await Promise.all(
      texts.map((Data) => send(simple({ Content: { Simple: { Subject: { Data: "s" }, Body: { Text: { Data } } } } }))),
    );
    expect(new Set(ids).size).toBe(60);
    for (const [index, id] of ids.entries()) {
      const message = await inbox.get(id);
      expect([message.header("Message-ID"), message.text.trim()]).toEqual([
        `<${id}@us-east-1.mailglass>`,
        texts[index]?.trim(),
      ]);
    }
  });

  it("comes from nodemailer, too", async () => {
    const transport = createTransport({ SES: { sesClient: server.client, SendEmailCommand } });
    const sent = await transport.sendMail({
      from: "Jürgen <sender@example.com>",
      to: ["one@example.com", "Two <two@example.com>"],
      bcc: "three@example.com",
      subject: "from nodemailer: ü",
      text: "text",
      html: "<b>html</b>",
      attachments: [{ filename: "a.txt", content: "attached" }],
      ses: { EmailTags: [{ Name: "campaign", Value: "one" }] },
    });
    const id = sent.response;
    const message = await inbox.get(id);
    expect(message).toMatchObject({ subject: "from nodemailer: ü", text: "text", attachments: [{ name: "a.txt" }] });
    const found = await insights(id);
    expect(told(found).map(([recipient]) => recipient)).toEqual([
      "one@example.com",
      "two@example.com",
      "three@example.com",
    ]);
    expect(found.EmailTags).toContainEqual({ Name: "campaign", Value: "one" });
  });
});

describe("what is refused", () => {
  it("more than 50 recipients, wherever they stand", async () => {
    const addresses = (count: number, name: string) =>
      Array.from({ length: count }, (_, n) => `${name}${n}@example.com`);
    const destination = (cc: number) => ({
      ToAddresses: addresses(30, "to"),
      CcAddresses: addresses(cc, "cc"),
      BccAddresses: addresses(10, "bcc"),
    });
    const id = await send(simple({ Destination: destination(10) }));
    expect(told(await insights(id))).toHaveLength(50);
    expect(await refused(send(simple({ Destination: destination(11) })))).toEqual([
      "BadRequestException",
      "Recipient count exceeds 50.",
    ]);
  });

  it("mail with a configuration set that is unknown or paused", async () => {
    const paused = (ConfigurationSetName: string, SendingEnabled: boolean) =>
      server.client.send(new PutConfigurationSetSendingOptionsCommand({ ConfigurationSetName, SendingEnabled }));
    const mail = simple({ ConfigurationSetName: "set" });
    expect(await refused(send(mail))).toEqual(["NotFoundException", "Configuration set <set> does not exist."]);
    await server.client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: "set" }));
    const id = await send(mail);
    expect((await insights(id)).EmailTags).toContainEqual({ Name: "ses:configuration-set", Value: "set" });
    await paused("set", false);
    expect(await refused(send(mail))).toEqual([
      "SendingPausedException",
      "Sending is paused for configuration set <set>.",
    ]);
    await paused("set", true);
    await send(mail);
  });

  it("all mail while the account is paused", async () => {
    const pause = (SendingEnabled: boolean) =>
      server.client.send(new PutAccountSendingAttributesCommand({ SendingEnabled }));
    await pause(false);
    expect(await refused(send(simple()))).toEqual(["SendingPausedException", "Sending paused for this account."]);
    await pause(true);
    await send(simple());
  });

  it("mail of senders that are no identities, where that is set", async () => {
    const { database, events, objects } = server;
    const environment = { MAILGLASS_IDENTITY_VERIFICATION: "required", MAILGLASS_REGION: "eu-west-1" };
    const strict = await startInProcess({ database, events, objects, environment });
    try {
      const create = (EmailIdentity: string) => strict.client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
      const text = (...missing: string[]) => [
        "MessageRejected",
        `Email address is not verified. The following identities failed the check in region EU-WEST-1: ${missing.join(", ")}`,
      ];
      expect(await refused(send(simple(), strict))).toEqual(text("sender@example.com"));
      await create("example.com");
      const id = await send(simple({ FromEmailAddress: "anyone@sub.example.com" }), strict);
      expect((await insights(id)).EmailTags).toContainEqual({ Name: "ses:sender-identity", Value: "example.com" });
      await strict.client.send(new DeleteEmailIdentityCommand({ EmailIdentity: "example.com" }));
      await create("sender@example.com");
      await send(simple(), strict);
      expect(await refused(send(simple({ FromEmailAddress: "other@example.com" }), strict))).toEqual(
        text("other@example.com"),
      );
      const raw = Buffer.from("From: sender@example.com, b@example.org\r\nTo: c@example.com\r\n\r\nbody\r\n");
      expect(await refused(send({ Content: { Raw: { Data: raw } } }, strict))).toEqual(text("b@example.org"));
    } finally {
      await strict.close();
    }
  });

  it("leaves no trace, and does not count towards the quota", async () => {
    const sent = async () => (await server.client.send(new GetAccountCommand({}))).SendQuota?.SentLast24Hours ?? 0;
    await server.recorder.drained();
    const before = await sent();
    for (const Destination of [{}, { ToAddresses: ["no address"] }]) {
      expect((await refused(send(simple({ Destination }))))[0]).toBe("BadRequestException");
    }
    expect(await sent()).toBe(before);
    await send(simple({ Destination: { ToAddresses: ["a@example.com", "b@example.com"] } }));
    await send(simple({ Destination: { ToAddresses: ["success@simulator.amazonses.com"] } }));
    expect(await sent()).toBe(before + 2);
    await server.recorder.drained();
    expect(await sent()).toBe(before + 2);
    expect(server.logged).toEqual([]);
  });
});
