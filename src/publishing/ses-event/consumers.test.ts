/** Code that others wrote for SES's events reads ours unchanged: Novu's SES provider, and django-anymail of Debian. */
import { spawnSync } from "node:child_process";
import { SESEmailProvider } from "@novu/ses";
import { describe, expect, it } from "vitest";
import { cases } from "../../../test/support/event-json-cases.ts";
import { anymailMissing } from "../../../test/support/missing-tools.ts";
import { account, headers, rowOf, sent } from "../../../test/support/published-mail.ts";
import type { MailEvent } from "../../events/event.ts";
import { prepareMessage, renderEvent } from "./render-event.ts";
import { prepareNotifiedMessage, renderNotification } from "./render-notification.ts";
import { eventFormat, identityTopicValidation, topicValidation } from "./sns-texts.ts";

const message = prepareMessage(rowOf(sent), headers, account);
const notified = prepareNotifiedMessage(rowOf(sent), headers, account);
const published = (event: MailEvent) => renderEvent(rowOf(event), message);
/** The first event of each type. */
const events = new Map(cases.toReversed().map(([, event]) => [event.type, event]));

function eventOf(type: MailEvent["type"]): MailEvent {
  const event = events.get(type);
  if (event === undefined) throw new Error(`no case of ${type}`);
  return event;
}

describe("Novu", () => {
  const provider = new SESEmailProvider({
    region: "us-east-1",
    accessKeyId: "unused",
    secretAccessKey: "unused",
    from: "unused@example.com",
    senderName: "unused",
  });

  it.each([
    ["SEND", "sent"],
    ["REJECT", "rejected"],
    ["BOUNCE", "bounced"],
    ["COMPLAINT", "complaint"],
    ["DELIVERY", "delivered"],
    ["OPEN", "opened"],
    ["CLICK", "clicked"],
    ["DELIVERY_DELAY", "delayed"],
  ] as const)("reads %s as %s", (type, status) => {
    const body = JSON.parse(published(eventOf(type)));
    const [id = ""] = provider.getMessageId(body);
    expect(id).toBe(sent.messageId);
    expect(provider.parseEventBody([body], id)).toMatchObject({
      status,
      date: sent.sentAt.toISOString(),
      externalId: sent.messageId,
    });
  });
});

/**
 * Posts SNS messages to anymail's view for webhooks, as SNS does, and prints the events that it passes to the
 * application.
 */
const anymailScript = `
import json, sys
from django.conf import settings
settings.configure(ALLOWED_HOSTS=["*"], ANYMAIL={"WEBHOOK_SECRET": "user:secret"}, SECRET_KEY="x", USE_TZ=True)
import django
django.setup()
from django.test import RequestFactory
from anymail.signals import tracking
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
got = []
def receive(sender, event, esp_name, **kwargs):
    got.append({name: getattr(event, name) for name in (
        "event_type", "message_id", "recipient", "reject_reason", "description", "mta_response",
        "user_agent", "click_url", "tags", "metadata")})
tracking.connect(receive)
view = AmazonSESTrackingWebhookView.as_view()
answers = []
for number, message in enumerate(json.load(sys.stdin)):
    del got[:]
    envelope = {"Type": "Notification", "MessageId": str(number), "TopicArn": "arn:aws:sns:us-east-1:1:t",
        "Subject": message["subject"], "Message": message["message"], "Timestamp": "2026-09-21T01:02:10.000Z"}
    response = view(RequestFactory().post("/", json.dumps(envelope), content_type="text/plain; charset=UTF-8",
        HTTP_X_AMZ_SNS_MESSAGE_TYPE="Notification", HTTP_X_AMZ_SNS_MESSAGE_ID=str(number),
        HTTP_AUTHORIZATION="Basic dXNlcjpzZWNyZXQ="))
    answers.append({"status": response.status_code, "events": list(got)})
print(json.dumps(answers))
`;

/** What anymail makes of messages that a topic publishes: the status of its answer, and the application's events. */
function readByAnymail(messages: readonly string[]): unknown {
  const input = JSON.stringify(messages.map((text) => ({ message: text, subject: eventFormat.subject })));
  const { stdout, stderr, status } = spawnSync("/usr/bin/python3", ["-c", anymailScript], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

describe.skipIf(anymailMissing())("django-anymail", () => {
  const one = { message_id: sent.messageId, recipient: "one@example.org" };
  const two = { message_id: sent.messageId, recipient: "two@example.org" };

  it("reads the events of each type, and the text that a new topic gets", () => {
    const types = [
      "SEND",
      "REJECT",
      "BOUNCE",
      "COMPLAINT",
      "DELIVERY",
      "OPEN",
      "CLICK",
      "RENDERING_FAILURE",
      "DELIVERY_DELAY",
      "SUBSCRIPTION",
    ] as const;
    const messages = types.map((type) => eventFormat.message(published(eventOf(type))));
    const link = "https://shop.example/?a=1&b";
    const failure = "Attribute 'name' is not present in the rendering data.";
    // Events that name no recipient count for each of the message's; delays and subscriptions are unknown to it.
    const both = (event: object) => ({ status: 200, events: [one, two].map((to) => ({ ...to, ...event })) });
    expect(readByAnymail([topicValidation, ...messages])).toMatchObject([
      { status: 200, events: [] },
      both({ event_type: "sent" }),
      both({ event_type: "rejected", description: "Bad content", reject_reason: "blocked" }),
      {
        status: 200,
        events: [
          {
            ...one,
            event_type: "bounced",
            description: "Permanent: General",
            reject_reason: "bounced",
            mta_response: "smtp; 550 5.1.1 user unknown",
          },
        ],
      },
      { status: 200, events: [{ ...one, event_type: "complained", description: "abuse", user_agent: "Loop/1.0" }] },
      { status: 200, events: [{ ...one, event_type: "delivered", mta_response: "250 ok" }] },
      both({ event_type: "opened", user_agent: "Mail/1" }),
      both({ event_type: "clicked", click_url: link, user_agent: "Scan/1" }),
      both({ event_type: "failed", description: failure }),
      both({ event_type: "unknown" }),
      both({ event_type: "unknown" }),
    ]);
  });

  it("reads the notifications of an identity", () => {
    const noted = (["BOUNCE", "COMPLAINT", "DELIVERY"] as const).map((type) =>
      renderNotification(rowOf(eventOf(type)), notified),
    );
    const validation = identityTopicValidation("arn:aws:sns:us-east-1:1:t", "Bounce", "example.com");
    expect(readByAnymail([validation, ...noted])).toMatchObject([
      { status: 200, events: [] },
      { status: 200, events: [{ ...one, event_type: "bounced" }] },
      { status: 200, events: [{ ...one, event_type: "complained" }] },
      { status: 200, events: [{ ...one, event_type: "delivered" }] },
    ]);
  });
});
