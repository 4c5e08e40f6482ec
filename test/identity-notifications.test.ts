/** Notifications of identities, from the admin API to the queues behind their SNS topics. */
import { CreateEmailIdentityCommand, type SendEmailRequest } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CreatedWebhook } from "../src/admin-api/webhooks.ts";
import { callAdmin } from "./support/admin-call.ts";
import { allPublished } from "./support/all-published.ts";
import { type AwsEmulator, type SnsEnvelope, type SubscribedTopic, startAwsEmulator } from "./support/aws-emulator.ts";
import { addDestination, createSet, eventIn, typesByMessage } from "./support/event-destinations.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send as sendOn, simple } from "./support/sent-mail.ts";
import { startWebhookReceiver } from "./support/webhook-receiver.ts";

let aws: AwsEmulator;
let restoreVariables: () => void;
let server: InProcessServer;
let bounces: SubscribedTopic;
let others: SubscribedTopic;

beforeAll(async () => {
  aws = await startAwsEmulator();
  restoreVariables = setSdkVariables(aws.environment);
  [bounces, others] = [aws.subscribedTopic("bounces"), aws.subscribedTopic("others")];
  server = await startInProcess({
    environment: { MAILGLASS_EXPORT_WORKERS: "0", MAILGLASS_HOSTNAME: "mail.example.net" },
  });
  for (const EmailIdentity of ["example.com", "own@example.com"]) {
    await server.client.send(new CreateEmailIdentityCommand({ EmailIdentity }));
  }
});
afterAll(async () => {
  await server?.close();
  restoreVariables();
  await aws?.stop();
});

const put = (identity: string, notifications: object) =>
  callAdmin(server.app, "PUT", `/admin/identities/${encodeURIComponent(identity)}/notifications`, { notifications });

/** Everything in the queue once nothing more will come. Each message must be written as SES writes notifications. */
async function notified(topic: SubscribedTopic) {
  await allPublished(server);
  const messages = await topic.take(topic.waiting());
  return messages.map(({ Subject, Message }) => {
    expect([Subject ?? null, Message]).toEqual([null, expect.stringMatching(/^\{.*\}$/)]);
    return JSON.parse(Message);
  });
}

const succeeded = (topic: SubscribedTopic, type: string, identity: string) =>
  `${JSON.stringify({
    notificationType: "AmazonSnsSubscriptionSucceeded",
    message: `You have successfully subscribed your Amazon SNS topic '${topic.topicArn}' to receive '${type}' notifications from Amazon SES for identity '${identity}'.`,
  })}\n`;

const texts = (messages: readonly SnsEnvelope[]) => messages.map(({ Message }) => Message).sort();

const send = (to: string, changes: Partial<SendEmailRequest> = {}) =>
  sendOn(server, simple({ Destination: { ToAddresses: [to] }, ...changes }));

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const facts = (messageId: string, to: string, source = "sender@example.com") => ({
  timestamp: instant,
  source,
  sourceArn: `arn:aws:ses:us-east-1:000000000000:identity/${source.startsWith("own@") ? source : "example.com"}`,
  sourceIp: "127.0.0.1",
  callerIdentity: "AKIAIOSFODNN7EXAMPLE",
  sendingAccountId: "000000000000",
  messageId,
  destination: [to],
});

const delivery = (to: string, smtpResponse = "250 Ok") => ({
  timestamp: instant,
  processingTimeMillis: expect.any(Number),
  recipients: [to],
  smtpResponse,
  reportingMTA: "mail.example.net",
});

describe("a domain with topics", () => {
  beforeAll(async () => {
    await put("example.com", {
      Bounce: { topicArn: bounces.topicArn, headers: true },
      Complaint: { topicArn: others.topicArn },
      Delivery: { topicArn: others.topicArn },
    });
  });

  it("is told that each topic is subscribed", async () => {
    expect(texts(await bounces.take(1))).toEqual([succeeded(bounces, "Bounce", "example.com")]);
    expect(texts(await others.take(2))).toEqual([
      succeeded(others, "Complaint", "example.com"),
      succeeded(others, "Delivery", "example.com"),
    ]);
  });

  it("is notified of a bounce with headers", async () => {
    const to = "bounce@simulator.amazonses.com";
    const messageId = await send(to);
    const messageIdField = `<${messageId}@us-east-1.mailglass>`;
    const date = expect.stringMatching(/ \+0000$/);
    const fields = [
      ["Message-ID", messageIdField],
      ["Date", date],
      ["From", "sender@example.com"],
      ["To", to],
      ["Subject", "=?UTF-8?B?R3LDvMOfZQ==?="],
      ["MIME-Version", "1.0"],
      ["Content-Type", "text/plain; charset=UTF-8"],
      ["Content-Transfer-Encoding", "7bit"],
    ];
    expect(await notified(bounces)).toEqual([
      {
        notificationType: "Bounce",
        bounce: {
          feedbackId: expect.stringMatching(/^0100/),
          bounceType: "Permanent",
          bounceSubType: "General",
          bouncedRecipients: [
            {
              emailAddress: to,
              action: "failed",
              status: "5.1.1",
              diagnosticCode: `smtp; 550 5.1.1 As requested: user unknown <${to}>`,
            },
          ],
          timestamp: instant,
          reportingMTA: "dns; mail.example.net",
        },
        mail: {
          ...facts(messageId, to),
          headersTruncated: false,
          headers: fields.map(([name, value]) => ({ name, value })),
          commonHeaders: {
            from: ["sender@example.com"],
            date,
            to: [to],
            messageId: messageIdField,
            subject: "Grüße",
          },
        },
      },
    ]);
    expect(await notified(others)).toEqual([]);
  });

  it("is notified of a delivery and a complaint without headers", async () => {
    const to = "complaint@simulator.amazonses.com";
    const mail = facts(await send(to), to);
    expect(await notified(others)).toEqual([
      { notificationType: "Delivery", mail, delivery: delivery(to) },
      {
        notificationType: "Complaint",
        mail,
        complaint: {
          feedbackId: expect.stringMatching(/^0100/),
          complaintSubType: null,
          complainedRecipients: [{ emailAddress: to }],
          timestamp: instant,
          userAgent: "Amazon SES Mailbox Simulator",
          complaintFeedbackType: "abuse",
          arrivalDate: instant,
        },
      },
    ]);
    expect(await notified(bounces)).toEqual([]);
  });

  it("lends them to its addresses; each type of an address may have a topic of its own", async () => {
    const own = aws.subscribedTopic("own");
    const to = "success@simulator.amazonses.com";
    const from = { FromEmailAddress: "own@example.com" };
    const first = await send(to, from);
    const inherited = { notificationType: "Delivery", mail: facts(first, to, "own@example.com") };
    expect(await notified(others)).toEqual([{ ...inherited, delivery: delivery(to) }]);

    await put("own@example.com", { Bounce: {}, Complaint: {}, Delivery: { topicArn: own.topicArn } });
    expect(texts(await own.take(1))).toEqual([succeeded(own, "Delivery", "own@example.com")]);
    const second = await send(to, from);
    await send("bounce@simulator.amazonses.com", from);
    expect(await notified(own)).toEqual([
      { notificationType: "Delivery", mail: facts(second, to, "own@example.com"), delivery: delivery(to) },
    ]);
    expect(await notified(others)).toEqual([]);
    expect(await notified(bounces)).toMatchObject([{ notificationType: "Bounce" }]);
  });

  it("is notified besides the events of the configuration set", async () => {
    const events = aws.subscribedTopic("events");
    await createSet(server, "news");
    await addDestination(server, ["news", "topic"], { SnsDestination: { TopicArn: events.topicArn } });
    const to = "ooto@simulator.amazonses.com";
    const id = await send(to, { ConfigurationSetName: "news" });
    expect(await notified(others)).toEqual([
      { notificationType: "Delivery", mail: facts(id, to), delivery: delivery(to) },
    ]);
    expect(await notified(bounces)).toMatchObject([
      { notificationType: "Bounce", bounce: { bounceType: "Transient" }, mail: { messageId: id } },
    ]);
    const [, ...messages] = await events.take(events.waiting());
    expect(typesByMessage(messages.map(eventIn))).toEqual({ [id]: ["Bounce", "Delivery", "Send"] });
  });
});

it("a webhook may be the topic of an identity", async () => {
  await using receiver = await startWebhookReceiver();
  const hook = { name: "notified", url: receiver.url, eventTypes: [], envelope: "sns" };
  const { topicArn } = await callAdmin<CreatedWebhook>(server.app, "POST", "/admin/webhooks", hook);
  const [confirmation] = receiver.received;
  const { pathname, search } = new URL(JSON.parse(confirmation?.body ?? "").SubscribeURL);
  await server.app.inject(pathname + search);
  await put("example.com", { Bounce: { topicArn }, Complaint: {}, Delivery: {} });
  const messageId = await send("bounce@simulator.amazonses.com");
  await allPublished(server);
  const [subscribed, notification, ...more] = receiver.received.slice(1).map(({ body }) => JSON.parse(body));
  expect(more).toEqual([]);
  expect(JSON.parse(subscribed.Message)).toMatchObject({ notificationType: "AmazonSnsSubscriptionSucceeded" });
  expect(JSON.parse(notification.Message)).toMatchObject({ notificationType: "Bounce", mail: { messageId } });
  for (const { Type, Subject } of [subscribed, notification])
    expect([Type, Subject]).toEqual(["Notification", undefined]);
});
