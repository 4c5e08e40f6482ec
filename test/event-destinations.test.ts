/** All types of events from the SDK's call to the queue behind an SNS topic, equal to SES's JSON in all members. */
import {
  CreateContactListCommand,
  CreateEmailTemplateCommand,
  PutSuppressedDestinationCommand,
  type SendEmailRequest,
} from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allPublished } from "./support/all-published.ts";
import { type AwsEmulator, type SubscribedTopic, startAwsEmulator } from "./support/aws-emulator.ts";
import { addDestination, createSet, eventIn, type ReadEvent, validationText } from "./support/event-destinations.ts";
import {
  complaint,
  delivery,
  facts,
  feedbackId,
  gmail,
  hostname,
  instant,
  mailOf,
  own,
  refusal,
  sesTags,
} from "./support/expected-events.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { greet, startScriptedServer, takeMail } from "./support/scripted-server.ts";
import { setSdkVariables } from "./support/sdk-variables.ts";
import { send as sendOn, simple } from "./support/sent-mail.ts";

let aws: AwsEmulator;
let restoreVariables: () => void;
let topic: SubscribedTopic;
let server: InProcessServer;

beforeAll(async () => {
  aws = await startAwsEmulator();
  restoreVariables = setSdkVariables(aws.environment);
  topic = aws.subscribedTopic("mail-events");
  server = await startInProcess({ environment: own });
  await createSet(server, "news");
  await addDestination(server, ["news", "queue"], { SnsDestination: { TopicArn: topic.topicArn } });
  const [validation, ...more] = await topic.take(1);
  expect(more).toEqual([]);
  expect(validation).toMatchObject({ Type: "Notification", TopicArn: topic.topicArn, Message: validationText });
  expect(validation?.Subject ?? null).toBeNull();
});
afterAll(async () => {
  await server?.close();
  restoreVariables();
  await aws?.stop();
});

const send = (input: Partial<SendEmailRequest> = {}, on = server) =>
  sendOn(on, simple({ ConfigurationSetName: "news", ...input }));

/** All that is in the queue once nothing more will come. */
async function published(): Promise<ReadEvent[]> {
  await allPublished(server);
  return (await topic.take(topic.waiting())).map(eventIn);
}

it("a message with tags", async () => {
  const id = await send({
    EmailTags: [{ Name: "campaign", Value: "autumn" }],
    ReplyToAddresses: ['"Shop, The" <shop@example.com>'],
    FeedbackForwardingEmailAddress: "returns@example.com",
  });
  const mail = mailOf(id, {
    addressed: [
      ["To", "user@gmail.com"],
      ["Reply-To", '"Shop, The" <shop@example.com>'],
    ],
    common: { replyTo: ['"Shop, The" <shop@example.com>'], returnPath: "returns@example.com" },
    tags: { ...gmail, campaign: ["autumn"] },
  });
  expect(await published()).toEqual([
    { eventType: "Send", mail, send: {} },
    { eventType: "Delivery", mail, delivery: delivery("user@gmail.com") },
  ]);
});

it("a message to several recipients: one Send, and a Delivery or Bounce for each", async () => {
  await server.client.send(new PutSuppressedDestinationCommand({ EmailAddress: "cy@example.org", Reason: "BOUNCE" }));
  const id = await send({
    Destination: {
      ToAddresses: ["ada@example.org", "Bé <bo@example.org>"],
      CcAddresses: ["cy@example.org"],
      BccAddresses: ["di@example.org"],
    },
  });
  const mail = mailOf(id, {
    destination: ["ada@example.org", "bo@example.org", "cy@example.org", "di@example.org"],
    addressed: [
      ["To", "ada@example.org, =?UTF-8?B?QsOp?= <bo@example.org>"],
      ["Cc", "cy@example.org"],
    ],
    common: { to: ["ada@example.org", '"Bé" <bo@example.org>'], cc: ["cy@example.org"] },
  });
  const bounce = {
    feedbackId,
    bounceType: "Permanent",
    bounceSubType: "OnAccountSuppressionList",
    bouncedRecipients: [
      {
        emailAddress: "cy@example.org",
        action: "failed",
        status: "5.1.1",
        diagnosticCode: expect.stringContaining("suppression list"),
      },
    ],
    timestamp: instant,
    reportingMTA: "dns; amazonses.com",
  };
  expect(await published()).toEqual([
    { eventType: "Send", mail, send: {} },
    { eventType: "Delivery", mail, delivery: delivery("ada@example.org") },
    { eventType: "Delivery", mail, delivery: delivery("bo@example.org") },
    { eventType: "Bounce", mail, bounce },
    { eventType: "Delivery", mail, delivery: delivery("di@example.org") },
  ]);
});

it.each([
  ["bounce", (to: string) => [{ eventType: "Bounce", bounce: refusal(to, `As requested: user unknown <${to}>`) }]],
  [
    "suppressionlist",
    (to: string) => [
      { eventType: "Bounce", bounce: refusal(to, `As requested: user unknown (suppressed address: ${to})`) },
    ],
  ],
  [
    "complaint",
    (to: string) => [
      { eventType: "Delivery", delivery: delivery(to, "250 Ok") },
      { eventType: "Complaint", complaint: complaint(to) },
    ],
  ],
  [
    "ooto",
    (to: string) => [
      { eventType: "Delivery", delivery: delivery(to, "250 Ok") },
      {
        eventType: "Bounce",
        bounce: {
          feedbackId,
          bounceType: "Transient",
          bounceSubType: "General",
          bouncedRecipients: [{ emailAddress: to }],
          timestamp: instant,
        },
      },
    ],
  ],
])("the mailbox simulator's %s", async (name, outcomes) => {
  const to = `${name}@simulator.amazonses.com`;
  const mail = mailOf(await send({ Destination: { ToAddresses: [to] } }), { destination: [to] });
  const events = [{ eventType: "Send", send: {} }, ...outcomes(to)];
  expect(await published()).toEqual(events.map((event) => ({ ...event, mail })));
});

it("a template that can't be rendered", async () => {
  const TemplateContent = { Subject: "Hi {{name}}", Text: "Hi {{name}}" };
  await server.client.send(new CreateEmailTemplateCommand({ TemplateName: "welcome", TemplateContent }));
  const ToAddresses = ["one@example.org", "two@example.org"];
  const id = await send({
    Destination: { ToAddresses },
    Content: { Template: { TemplateName: "welcome", TemplateData: "{}" } },
  });
  const unknown = { headersTruncated: true, headers: [] };
  const commonHeaders = { from: ["sender@example.com"], messageId: id };
  expect(await published()).toEqual([
    { eventType: "Send", mail: { ...facts(id, ToAddresses), ...unknown, commonHeaders, tags: sesTags }, send: {} },
    {
      eventType: "Rendering Failure",
      mail: { ...facts(id, ToAddresses), tags: { "ses:configuration-set": ["news"] } },
      failure: {
        errorMessage: "Attribute 'name' is not present in the rendering data.",
        templateName: "welcome",
      },
    },
  ]);
});

it("a message with bad content", async () => {
  const Data = `${"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-"}${"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"}`;
  const ToAddresses = ["one@example.org", "two@example.org"];
  const id = await send({
    Destination: { ToAddresses },
    Content: { Simple: { Subject: { Data: "Grüße" }, Body: { Text: { Data } } } },
  });
  const mail = mailOf(id, { destination: ToAddresses });
  expect(await published()).toEqual([
    { eventType: "Send", mail, send: {} },
    { eventType: "Reject", mail, reject: { reason: "Bad content" } },
  ]);
});

it("an open, clicks with and without tags, and a subscription that ended with one click", async () => {
  const topics = [{ TopicName: "offers", DisplayName: "Offers", DefaultSubscriptionStatus: "OPT_IN" as const }];
  await server.client.send(new CreateContactListCommand({ ContactListName: "readers", Topics: topics }));
  const html = `<p><a href="https://shop.example/ü?a=1" ses:tags="place:top;kind:link">one</a> <a href="https://shop.example/">two</a></p>`;
  const id = await send({
    Content: { Simple: { Subject: { Data: "Grüße" }, Body: { Html: { Data: html } } } },
    ListManagementOptions: { ContactListName: "readers", TopicName: "offers" },
  });
  const [first] = await published();
  const answer = await server.app.inject(`/admin/messages/${id}/mail?recipient=user@gmail.com`);
  const { html: tracked = "", headers } = await PostalMime.parse(answer.rawPayload);
  const [one, two] = [...tracked.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, url]) => url);
  const [, pixel] = /<img [^>]*src="([^"]*)"/.exec(tracked) ?? [];
  const [, unsubscribe] =
    /<(http[^>]+)>/.exec(headers.find(({ key }) => key === "list-unsubscribe")?.value ?? "") ?? [];
  const visit = async (url = "") => {
    const userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    const { pathname, search } = new URL(url);
    await server.app.inject({ url: pathname + search, headers: { "user-agent": userAgent } });
    return userAgent;
  };
  const userAgent = await visit(pixel);
  await visit(one);
  await visit(two);
  const ended = await server.app.inject({
    method: "POST",
    url: new URL(unsubscribe ?? "").pathname,
    payload: "List-Unsubscribe=One-Click",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(ended.statusCode).toBe(200);

  const mail = mailOf(id, {
    tags: gmail,
    content: [
      ["List-Unsubscribe", expect.stringMatching(/^<http.*\/subscriptions\/.*>$/)],
      ["List-Unsubscribe-Post", "List-Unsubscribe=One-Click"],
      ["MIME-Version", "1.0"],
      ["Content-Type", "text/html; charset=UTF-8"],
      ["Content-Transfer-Encoding", "quoted-printable"],
    ],
  });
  expect(first).toEqual({ eventType: "Send", mail, send: {} });
  const person = { ipAddress: "127.0.0.1", timestamp: instant, userAgent, isBotEvent: "Unlikely" };
  const status = (subscriptionStatus: string) => [{ topicName: "offers", subscriptionStatus }];
  expect(await published()).toEqual([
    { eventType: "Open", mail, open: person },
    {
      eventType: "Click",
      mail,
      click: { ...person, link: "https://shop.example/ü?a=1", linkTags: { place: ["top"], kind: ["link"] } },
    },
    { eventType: "Click", mail, click: { ...person, link: "https://shop.example/", linkTags: null } },
    {
      eventType: "Subscription",
      mail,
      subscription: {
        contactList: "readers",
        timestamp: instant,
        source: "UnsubscribeHeader",
        newTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: status("OptOut") },
        oldTopicPreferences: { unsubscribeAll: false, topicSubscriptionStatus: status("OptIn") },
      },
    },
  ]);
});

it("a delay, told by another server on the same stores", async () => {
  await using relay = await startScriptedServer(async (peer) => {
    await greet(peer);
    await takeMail(peer, { RCPT: "452 4.2.2 mailbox full" });
  });
  const { database, events, objects, sealer } = server;
  const environment = {
    ...own,
    MAILGLASS_DELIVERY: "relay",
    MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
    MAILGLASS_IDENTITY_VERIFICATION: "off",
  };
  const relaying = await startInProcess({ database, events, objects, sealer, environment });
  try {
    const id = await send({ Destination: { ToAddresses: ["full@example.org"] } }, relaying);
    const mail = mailOf(id, { destination: ["full@example.org"] });
    const [sent, delayed, ...more] = (await topic.take(2)).map(eventIn);
    expect([sent, more]).toEqual([{ eventType: "Send", mail, send: {} }, []]);
    expect(delayed).toEqual({
      eventType: "DeliveryDelay",
      mail: { ...facts(id, ["full@example.org"]), tags: { "ses:configuration-set": ["news"] } },
      deliveryDelay: {
        timestamp: instant,
        delayType: "MailboxFull",
        expirationTime: instant,
        delayedRecipients: [
          { emailAddress: "full@example.org", status: "4.2.2", diagnosticCode: "smtp; 452 4.2.2 mailbox full" },
        ],
        reportingMTA: hostname,
      },
    });
  } finally {
    await relaying.close();
  }
});
