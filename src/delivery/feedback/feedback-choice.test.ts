import { expect, test } from "vitest";
import { notificationTopics } from "../../publishing/subscription-source.ts";
import { defaultScope } from "../../stores/postgres/database.ts";
import type { NotificationTopics } from "../../stores/postgres/identity-notifications.ts";
import { createFeedbackChoice, isToldElsewhere } from "./feedback-choice.ts";

const destination = (configurationSet: string, types: string[]) => ({ configurationSet, types: new Set(types) });
const webhook = (types: string[]) => ({ configurationSet: undefined, types: new Set(types) });
const topic = { topicArn: "arn", headers: false };
const both = ["SEND", "COMPLAINT", "BOUNCE"];
const topics = (name: string, ...types: (keyof NotificationTopics)[]) =>
  new Map([[name, Object.fromEntries(types.map((type) => [type, topic]))]]);
const none = new Map<string, NotificationTopics>();

test.each([
  ["nothing", [], none, false],
  ["a destination of the set", [destination("set", both)], none, true],
  ["two destinations of the set", [destination("set", ["BOUNCE"]), destination("set", ["COMPLAINT"])], none, true],
  ["one for bounces only", [destination("set", ["BOUNCE"])], none, false],
  ["one of another set", [destination("other", both)], none, false],
  ["a webhook for all mail", [webhook(both)], none, true],
  ["a webhook for other events", [webhook(["SEND"])], none, false],
  ["topics of the identity", [], topics("me@a.test", "Bounce", "Complaint"), true],
  ["topics of its domain", [], topics("a.test", "Bounce", "Complaint"), true],
  ["a topic for bounces only", [], topics("a.test", "Bounce", "Delivery"), false],
  ["topics of another identity", [], topics("b.test", "Bounce", "Complaint"), false],
  ["a topic and a destination", [destination("set", ["COMPLAINT"])], topics("a.test", "Bounce"), true],
])("%s", (_what, subscriptions, notifications, told) => {
  const sender = { identity: "me@a.test", configurationSet: "set" };
  const all = { list: subscriptions, notifications: notificationTopics(defaultScope, notifications) };
  expect(isToldElsewhere(sender, all)).toBe(told);
});

test("a destination of a set does not count for mail without one", () => {
  const sender = { identity: "me@a.test", configurationSet: undefined };
  const all = { list: [destination("set", both)], notifications: notificationTopics(defaultScope, none) };
  expect(isToldElsewhere(sender, all)).toBe(false);
});

test.each([
  ["enabled", [], true],
  ["enabled", [destination("set", both)], true],
  ["disabled", [], true],
  ["disabled", [destination("set", both)], false],
  ["unproven", [], false],
  [undefined, [], false],
] as const)("forwarding is %s, destinations: %j", async (feedbackForwarding, destinations, forwarded) => {
  const wantsFeedback = createFeedbackChoice({
    signingIdentity: async () => feedbackForwarding && { feedbackForwarding },
    subscriptions: async () => ({ list: destinations, notifications: notificationTopics(defaultScope, none) }),
  });
  expect(await wantsFeedback({ scope: defaultScope, identity: "me@a.test", configurationSet: "set" })).toBe(forwarded);
});

test("what other scopes have of the same names does not count", async () => {
  const notifications = notificationTopics(defaultScope, none);
  const wantsFeedback = createFeedbackChoice({
    signingIdentity: async (scope) => ({ feedbackForwarding: scope === 3 ? "enabled" : "disabled" }),
    subscriptions: async (scope) => ({ list: scope === 1 ? [] : [destination("set", both)], notifications }),
  });
  const wants = (scope: number) => wantsFeedback({ scope, identity: "me@a.test", configurationSet: "set" });
  expect([await wants(1), await wants(2), await wants(3)]).toEqual([true, false, true]);
});

test("of mail with another account's identity, the owner's settings and topics count, and the sender's destinations", async () => {
  const choiceOf = (
    forwarding: "enabled" | "disabled",
    owners: typeof none,
    destinations = [destination("none", both)],
  ) =>
    createFeedbackChoice({
      signingIdentity: async (scope) => (scope === 7 ? { feedbackForwarding: forwarding } : undefined),
      subscriptions: async (scope) => ({
        list: scope === 8 ? destinations : [],
        notifications: notificationTopics(scope, scope === 7 ? owners : none),
      }),
    })({ scope: 8, identity: "me@a.test", identityScope: 7, configurationSet: "set" });
  expect(await choiceOf("enabled", none)).toBe(true);
  expect(await choiceOf("disabled", none)).toBe(true);
  expect(await choiceOf("disabled", topics("a.test", "Bounce", "Complaint"))).toBe(false);
  expect(await choiceOf("disabled", none, [destination("set", both)])).toBe(false);
});
