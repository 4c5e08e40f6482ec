import { expect, test } from "vitest";
import type { NotificationTopics } from "../stores/postgres/identity-notifications.ts";
import { notificationTopicOf } from "./notification-topics.ts";

const topic = (topicArn: string, headers = false) => ({ topicArn, headers });
const notifications = new Map<string, NotificationTopics>([
  ["ann@a.test", { Bounce: topic("ann") }],
  ["a.test", { Bounce: topic("a", true), Complaint: topic("a-complaints", true) }],
  ["test.example", { Delivery: topic("parent") }],
]);
const find = (source: string, identity: string, type: "Bounce" | "Complaint" | "Delivery") =>
  notificationTopicOf(notifications, { source, identity }, type);

test("an address has its own topic, and inherits its domain's for types without one, with its choice of headers", () => {
  const own = { topicArn: "ann", headers: false, identity: "ann@a.test" };
  const inherited = { topicArn: "a-complaints", headers: true, identity: "a.test" };
  for (const identity of ["ann@a.test", "a.test"]) {
    expect(find("ann@a.test", identity, "Bounce")).toEqual(own);
    expect(find("ann@A.TEST", identity, "Bounce")).toEqual(own);
    expect(find("ann@a.test", identity, "Complaint")).toEqual(inherited);
    expect(find("ann@a.test", identity, "Delivery")).toBeUndefined();
  }
  // As in SES, local parts differ by case.
  expect(find("Ann@a.test", "a.test", "Bounce")?.identity).toBe("a.test");
  expect(find("bob@a.test", "bob@a.test", "Bounce")?.identity).toBe("a.test");
});

test("mail of a subdomain belongs to the domain that it was sent under", () => {
  expect(find("me@news.test.example", "test.example", "Delivery")?.topicArn).toBe("parent");
  expect(find("me@news.test.example", "me@news.test.example", "Delivery")?.topicArn).toBe("parent");
  // The subdomain has an identity of its own, without a topic.
  expect(find("me@news.test.example", "news.test.example", "Delivery")).toBeUndefined();
});

test("without a topic, or with a sender that is no address, there is none or the identity's", () => {
  expect(notificationTopicOf(new Map(), { source: "ann@a.test", identity: "a.test" }, "Bounce")).toBeUndefined();
  expect(find("", "a.test", "Bounce")?.topicArn).toBe("a");
  expect(find("", "", "Bounce")).toBeUndefined();
});
