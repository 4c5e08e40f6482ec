import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminRefusal, callAdmin } from "../../../test/support/admin-call.ts";
import { databases } from "../../../test/support/databases.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import type { PublishedEvent } from "../../publishing/published-event.ts";
import type { PublicationArchive } from "../../publishing/replay.ts";
import { logDeliveries } from "../../publishing/webhooks/delivery-log.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { insertWebhook } from "../../stores/postgres/webhooks.ts";
import { answerFault } from "./faults.ts";
import { mountAdminWebhookDeliveries } from "./webhook-deliveries.ts";

const kept: PublishedEvent = {
  id: randomUUID(),
  type: "BOUNCE",
  messageId: "m",
  at: 0,
  identity: "example.com",
  body: '{"eventType":"Bounce"}',
};

/** A double of the archive: has one event, and tells what is asked of it. */
function archiveDouble() {
  const asked: unknown[][] = [];
  const archive: PublicationArchive = {
    findEvent: async (id) => (id === kept.id ? kept : undefined),
    async replay(target, events) {
      asked.push([target, events]);
      if (!("eventId" in events)) return 12;
      return events.eventId === kept.id ? 1 : 0;
    },
  };
  return { archive, asked };
}

const [kind] = databases;

describe("the admin API of deliveries", () => {
  const id = randomUUID();
  const { log } = recordingLog("error");
  const { archive, asked } = archiveDouble();
  const app = Fastify();
  const without = Fastify();
  let database: Database;

  beforeAll(async () => {
    if (!kind) throw new Error("there are no databases");
    database = await kind.open();
    for (const [one, given] of [
      [app, archive],
      [without, undefined],
    ] as const) {
      one.setErrorHandler(answerFault);
      mountAdminWebhookDeliveries(one, { webhooks: { database }, archive: given });
    }
    const createdAt = new Date();
    const choices = {
      url: "https://a.example/",
      signatureVersion: "1",
      configurationSet: null,
      eventTypes: [],
    } as const;
    const webhook = { ...choices, id, name: "a", envelope: "event", sealedSecret: Buffer.of(1), createdAt } as const;
    await insertWebhook(database, webhook, 1);
    const entry = { type: "BOUNCE", url: "https://a.example/", try: 1, startedAt: 0, milliseconds: 5, answer: "" };
    await logDeliveries({ database, clock: () => createdAt, log }, id, [
      { ...entry, eventId: kept.id, messageId: "m", status: 500, error: "the receiver answered with status 500" },
      { ...entry, eventId: randomUUID(), status: 200 },
    ]);
  });
  afterAll(async () => {
    await app.close();
    await without.close();
    await database.close();
  });

  it("shows failures only, if asked to, and the event while it is kept", async () => {
    const list = await callAdmin<{ deliveries: { id: string }[] }>(app, "GET", `/admin/webhooks/${id}/deliveries`);
    expect(list.deliveries).toHaveLength(2);
    const [delivered, failed] = list.deliveries;
    const failures = await callAdmin(app, "GET", `/admin/webhooks/${id}/deliveries?failed=true&limit=5`);
    expect(failures).toEqual({ deliveries: [failed] });
    expect(failed).toEqual({
      id: failed?.id,
      eventId: kept.id,
      type: "BOUNCE",
      messageId: "m",
      url: "https://a.example/",
      try: 1,
      startedAt: "1970-01-01T00:00:00.000Z",
      milliseconds: 5,
      delivered: false,
      status: 500,
      answer: "",
      error: "the receiver answered with status 500",
    });
    const one = (delivery = "") => callAdmin(app, "GET", `/admin/webhooks/${id}/deliveries/${delivery}`);
    expect(await one(failed?.id)).toEqual({ ...failed, body: kept.body });
    expect(await one(delivered?.id)).toEqual(delivered);
  });

  it("resends one event, or those of a time", async () => {
    const url = `/admin/webhooks/${id}/resend`;
    expect(await callAdmin(app, "POST", url, { eventId: kept.id.toUpperCase() })).toEqual({ events: 1 });
    const range = { from: "2026-11-24T00:00:00Z", to: "2026-11-24T01:00:00+00:00" };
    expect(await callAdmin(app, "POST", url, range)).toEqual({ events: 12 });
    expect(asked).toEqual([
      [`webhook:${id}`, { eventId: kept.id }],
      [`webhook:${id}`, { from: new Date(range.from), to: new Date(range.to) }],
    ]);
    const text = "There is no event with this id any more.";
    expect(await adminRefusal(app, "POST", url, { eventId: randomUUID() })).toEqual([404, text]);
    expect(await adminRefusal(without, "POST", url, range)).toEqual([503, "This server keeps no published events."]);
    await database.query("UPDATE webhooks SET enabled = false, disabled_because = 'of a test'");
    const disabled = "The webhook is disabled: of a test.";
    expect(await adminRefusal(app, "POST", url, range)).toEqual([409, disabled]);
    expect(asked).toHaveLength(3);
  });
});
