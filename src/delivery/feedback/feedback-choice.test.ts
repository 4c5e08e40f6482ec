import { expect, test } from "vitest";
import type { NotificationTopics } from "../../stores/postgres/identity-notifications.ts";
import { createFeedbackChoice, isToldElsewhere } from "./feedback-choice.ts";

const destination = (configurationSet: string, types: string[], scope = 1) => ({
  ...{ scope, configurationSet, types: new Set(types) },
});
const webhook = (types: string[], scope = 1) => ({ scope, configurationSet: undefined, types: new Set(types) });
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
  ["one of a set of this name in another scope", [destination("set", both, 2)], none, false],
  ["a webhook for all mail of another scope", [webhook(both, 2)], none, false],
  ["a webhook for other events", [webhook(["SEND"])], none, false],
  ["topics of the identity", [], topics("me@a.test", "Bounce", "Complaint"), true],
  ["topics of its domain", [], topics("a.test", "Bounce", "Complaint"), true],
  ["a topic for bounces only", [], topics("a.test", "Bounce", "Delivery"), false],
  ["topics of another identity", [], topics("b.test", "Bounce", "Complaint"), false],
  ["a topic and a destination", [destination("set", ["COMPLAINT"])], topics("a.test", "Bounce"), true],
])("%s", (_what, subscriptions, notifications, told) => {
  expect(
    isToldElsewhere({ scope: 1, identity: "me@a.test", configurationSet: "set" }, subscriptions, notifications),
  ).toBe(told);
});

test("a destination of a set does not count for mail without one", () => {
  const sender = { scope: 1, identity: "me@a.test", configurationSet: undefined };
  expect(isToldElsewhere(sender, [destination("set", both)], none)).toBe(false);
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
    identityNotifications: async () => none,
    subscriptions: async () => ({ list: destinations }),
  });
  expect(await wantsFeedback({ scope: 1, identity: "me@a.test", configurationSet: "set" })).toBe(forwarded);
});

test("the identity and its topics are those of the sender's scope", async () => {
  const wantsFeedback = createFeedbackChoice({
    signingIdentity: async (scope) => (scope === 3 ? undefined : { feedbackForwarding: "disabled" }),
    identityNotifications: async (scope) => (scope === 1 ? topics("a.test", "Bounce", "Complaint") : none),
    subscriptions: async () => ({ list: [] }),
  });
  const wanted = [1, 2, 3].map((scope) => wantsFeedback({ scope, identity: "me@a.test", configurationSet: "set" }));
  expect(await Promise.all(wanted)).toEqual([false, true, false]);
});
