/** Mail that an account sent with another's identity: the owner's notification topics get its bounces and deliveries. */
import { zstdCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { deliveryEvent, sendEvent } from "../../test/support/mail-events.ts";
import { rowOf } from "../../test/support/published-mail.ts";
import { encodeEvent, recordVersion } from "../events/record.ts";
import type { IdentityNotifications } from "../stores/postgres/identity-notifications.ts";
import { createMessageRenderers } from "./message-renderers.ts";
import { createRenderer } from "./renderer.ts";
import { routeEvents } from "./route-events.ts";
import { notificationTopics } from "./subscription-source.ts";
import { type AllSubscriptions, createInterestCheck } from "./subscriptions.ts";

const [ownerScope, delegateScope] = [7, 8];
const identityOwner = { scope: ownerScope, accountId: "888888888888" };
const message = { identity: "example.com", source: "a@example.com", configurationSet: undefined };
const foreign = sendEvent({ scope: delegateScope, message: { ...message, identityOwner } });
const own = sendEvent({ scope: delegateScope, message });
const topic = { topicArn: "arn:aws:sns:us-east-1:888888888888:topic", headers: false };
const notifications: IdentityNotifications = new Map([["example.com", { Delivery: topic }]]);

const subscriptions: AllSubscriptions = {
  of: (scope) => ({
    list: [],
    notifications: notificationTopics(scope, scope === ownerScope ? notifications : new Map()),
  }),
  isEmpty: false,
  byMinute: new Set(),
};

test("a commit of such mail is kept for its owner, and no other mail of the sender", () => {
  const wants = createInterestCheck(subscriptions);
  const origin = { scope: delegateScope, configurationSet: undefined, tenant: undefined };
  expect(wants({ events: [foreign], origin: { ...origin, identityScope: ownerScope } })).toBe(true);
  expect(wants({ events: [deliveryEvent(foreign)], origin: { ...origin, identityScope: ownerScope } })).toBe(true);
  expect(wants({ events: [own], origin })).toBe(false);
});

test("the notification names the owner's identity and the account that sent", async () => {
  const render = createRenderer(
    { objects: { read: async () => undefined }, recentHeaders: { of: () => undefined } },
    async () => ({ accountId: "123456789012", region: "us-east-1", hostname: "mail.example.net" }),
  );
  const routed = async (send: typeof own) => {
    const payload = zstdCompressSync(Buffer.from([send, deliveryEvent(send)].map(encodeEvent).join("")));
    const row = { id: 1, scope: delegateScope, kind: "mail", events: 2, payload, version: recordVersion } as const;
    const never = { query: async () => [] };
    const renderers = createMessageRenderers({ database: never, render, history: async () => [rowOf(send)] });
    return (await routeEvents([row], { subscriptionsOf: subscriptions.of, renderers })).targets;
  };
  expect([...(await routed(own))]).toEqual([]);
  const [[target, { scope, events }] = ["", { scope: 0, events: [] }]] = await routed(foreign);
  expect([target, scope, events.length]).toEqual([`identity@${ownerScope}:Delivery:example.com`, ownerScope, 1]);
  expect(JSON.parse(events[0]?.body ?? "{}").mail).toMatchObject({
    sourceArn: "arn:aws:ses:us-east-1:888888888888:identity/example.com",
    sendingAccountId: "123456789012",
  });
});
