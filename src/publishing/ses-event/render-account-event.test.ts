import { describe, expect, it } from "vitest";
import { type AccountEvent, renderAccountEvent } from "./render-account-event.ts";
import { eventFormat, identityTopicValidation } from "./sns-texts.ts";

const at = new Date("2026-09-21T01:02:03.004Z");

describe("an account event", () => {
  it.each<[string, AccountEvent, object]>([
    [
      "sending paused by a user",
      { type: "SENDING_PAUSED", at, cause: "Status manually updated.", by: "user" },
      {
        eventType: "SendingStatusDisabled",
        version: "1.0.0",
        data: {
          origin: "CUSTOMER_MANAGED",
          record: {
            status: "DISABLED",
            cause: "Status manually updated.",
            lastUpdatedTimestamp: [2026, 9, 21, 1, 2, 3, 4_000_000],
          },
        },
      },
    ],
    [
      "sending of a configuration set resumed by the server",
      { type: "SENDING_RESUMED", at, cause: "The bounce rate fell.", by: "server", configurationSet: "news" },
      {
        eventType: "SendingStatusEnabled",
        version: "1.0.0",
        data: {
          origin: "AWS_MANAGED",
          record: {
            status: "ENABLED",
            cause: "The bounce rate fell.",
            lastUpdatedTimestamp: [2026, 9, 21, 1, 2, 3, 4_000_000],
            configurationSetName: "news",
          },
        },
      },
    ],
    [
      "a tenant reinstated by a user",
      { type: "SENDING_RESUMED", at, cause: "Status manually updated.", by: "user", reinstated: true, tenant: "one" },
      {
        eventType: "SendingStatusEnabled",
        version: "1.0.0",
        data: {
          origin: "CUSTOMER_MANAGED",
          record: {
            status: "REINSTATED",
            cause: "Status manually updated.",
            lastUpdatedTimestamp: [2026, 9, 21, 1, 2, 3, 4_000_000],
            tenantName: "one",
          },
        },
      },
    ],
    [
      "an address added to a suppression list",
      { type: "SUPPRESSION_ADDED", at, emailAddress: "a@b.example", reason: "BOUNCE", tenant: "one", messageId: "m" },
      {
        eventType: "SuppressionAdded",
        suppression: {
          emailAddress: "a@b.example",
          reason: "BOUNCE",
          tenantName: "one",
          messageId: "m",
          timestamp: "2026-09-21T01:02:03.004Z",
        },
      },
    ],
    [
      "an address removed",
      { type: "SUPPRESSION_REMOVED", at, emailAddress: "a@b.example" },
      {
        eventType: "SuppressionRemoved",
        suppression: { emailAddress: "a@b.example", timestamp: "2026-09-21T01:02:03.004Z" },
      },
    ],
  ])("is rendered: %s", (_, event, body) => {
    expect(renderAccountEvent(event)).toBe(JSON.stringify(body));
  });
});

describe("messages of SNS topics", () => {
  it("end with a line break", () => {
    expect(eventFormat.message("{}")).toBe("{}\n");
  });

  it("tell an identity's topic that it was set", () => {
    const text = identityTopicValidation("arn:aws:sns:us-east-1:123456789012:t", "Bounce", "example.com");
    expect(text.endsWith("}\n")).toBe(true);
    expect(JSON.parse(text)).toEqual({
      notificationType: "AmazonSnsSubscriptionSucceeded",
      message:
        "You have successfully subscribed your Amazon SNS topic 'arn:aws:sns:us-east-1:123456789012:t' to receive 'Bounce' notifications from Amazon SES for identity 'example.com'.",
    });
  });
});
