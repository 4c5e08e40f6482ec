import { zstdCompressSync } from "node:zlib";
import { describe, it } from "vitest";
import { expectLinear } from "../../test/support/growth.ts";
import { deliveryEvent, sendEvent } from "../../test/support/mail-events.ts";
import { encodeEvent, recordVersion } from "../events/record.ts";
import type { Publication } from "../stores/postgres/publications.ts";
import { decodeBatch, encodeBatch } from "./batch-format.ts";
import type { MessageRenderers } from "./message-renderers.ts";
import type { PublishedEvent } from "./published-event.ts";
import { routeEvents } from "./route-events.ts";
import { batchesFor } from "./router.ts";
import type { Subscriptions } from "./subscriptions.ts";

const send = sendEvent({ messageId: "m", message: { configurationSet: "news" } });

const renderers: MessageRenderers = {
  note() {},
  find: async () => {},
  of: async () => ({
    configurationSet: "news",
    identity: "example.com",
    source: "sender@example.com",
    event: ({ type, recipient }) => JSON.stringify({ eventType: type, recipient }),
    notification: () => "",
  }),
};

function rowOf(id: number, deliveries: number): Publication {
  const events = Array.from({ length: deliveries }, (_, index) =>
    deliveryEvent({ ...send, recipient: `user-${index}@example.com` }),
  );
  const lines = [send, ...events].map(encodeEvent).join("");
  const payload = zstdCompressSync(Buffer.from(lines));
  return { id, scope: 1, kind: "mail", events: deliveries + 1, payload, version: recordVersion };
}

function subscriptionsOf(count: number, configurationSet = "news"): Subscriptions {
  const types = new Set(["SEND", "DELIVERY"] as const);
  const list = Array.from({ length: count }, (_, index) => ({
    target: `destination:${index}`,
    scope: 1,
    configurationSet,
    types,
    byMinute: false,
  }));
  return { list, notifications: { isEmpty: true, of: () => undefined } };
}

const sizes = { least: 128, most: 1024 };
const events = (count: number): PublishedEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    type: "SEND",
    publication: 1,
    messageId: "m",
    at: index,
    identity: "example.com",
    body: JSON.stringify({ eventType: "Send", index }),
  }));

describe("routing takes linear time", () => {
  it("in the recipients of a commit", async () => {
    const subscriptions = subscriptionsOf(2);
    await expectLinear(
      (size) => [rowOf(1, size)],
      (rows) => routeEvents(rows, { subscriptionsOf: () => subscriptions, renderers }),
      sizes,
    );
  });

  it("in the commits of a round", async () => {
    const subscriptions = subscriptionsOf(2);
    await expectLinear(
      (size) => Array.from({ length: size / 8 }, (_, id) => rowOf(id, 1)),
      (rows) => routeEvents(rows, { subscriptionsOf: () => subscriptions, renderers }),
      sizes,
    );
  });

  it("in the destinations that want an event, and in those that don't", async () => {
    const rows = [rowOf(1, 10)];
    for (const configurationSet of ["news", "other"]) {
      await expectLinear(
        (size) => subscriptionsOf(size, configurationSet),
        (subscriptions) => routeEvents(rows, { subscriptionsOf: () => subscriptions, renderers }),
        sizes,
      );
    }
  });
});

describe("batches take linear time", () => {
  it("to split the events of a target", async () => {
    const rest = { dueAt: undefined, createdAt: new Date(0) };
    await expectLinear(events, (list) => batchesFor({ scope: 1, target: "webhook:a" }, list, rest), sizes);
  });

  it("to read", async () => {
    const payloads = new Map<number, Uint8Array>();
    for (let size = 8; size <= 1 << 16; size *= 2) payloads.set(size, (await encodeBatch(events(size))).payload);
    await expectLinear((size) => payloads.get(size) ?? new Uint8Array(), decodeBatch, sizes);
  });
});
