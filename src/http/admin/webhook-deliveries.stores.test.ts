import { randomUUID } from "node:crypto";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminRefusal, callAdmin } from "../../../test/support/admin-call.ts";
import { databases } from "../../../test/support/databases.ts";
import { adminScope } from "../../../test/support/default-scope.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import type { PublicationArchive } from "../../publishing/archive.ts";
import type { PublishedEvent } from "../../publishing/published-event.ts";
import { logDeliveries } from "../../publishing/webhooks/delivery-log.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { insertWebhook } from "../../stores/postgres/webhooks.ts";
import { answerFault } from "./faults.ts";
import { mountAdminWebhookDeliveries } from "./webhook-deliveries.ts";

const kept: PublishedEvent = {
  id: randomUUID(),
  publication: 7,
  type: "BOUNCE",
  messageId: "m",
  at: 0,
  identity: "example.com",
  body: '{"eventType":"Bounce"}',
};

/** A double of the archive: has one event, and tells what is asked of it. */
function archiveDouble() {
  const asked: unknown[][] = [];
  const isKept = ({ id, publication }: { id: string; publication: number }) =>
    id === kept.id && publication === kept.publication;
  const archive: PublicationArchive = {
    find: async (_scope, event) => (isKept(event) ? kept : undefined),
    async resend({ target }, event) {
      asked.push([target, event]);
      return isKept(event);
    },
    async replay({ target }, period) {
      asked.push([target, period]);
      return 12;
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
  let database: ScopedDatabase;

  beforeAll(async () => {
    if (!kind) throw new Error("there are no databases");
    database = await kind.open();
    app.setErrorHandler(answerFault);
    mountAdminWebhookDeliveries(app, { webhooks: { database }, archive, adminScope });
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
      {
        ...entry,
        eventId: kept.id,
        publication: 7,
        messageId: "m",
        status: 500,
        error: "the receiver answered with status 500",
      },
      { ...entry, eventId: randomUUID(), publication: 6, status: 200 },
    ]);
  });
  afterAll(async () => {
    await app.close();
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

  it("resends one event, or those of a period", async () => {
    const url = `/admin/webhooks/${id}/resend`;
    const list = await callAdmin<{ deliveries: { id: string }[] }>(app, "GET", `/admin/webhooks/${id}/deliveries`);
    const [gone, failed] = list.deliveries;
    expect(await callAdmin(app, "POST", url, { deliveryId: failed?.id })).toEqual({ events: 1 });
    const range = { from: "2026-11-24T00:00:00Z", to: "2026-11-24T01:00:00+00:00" };
    expect(await callAdmin(app, "POST", url, range)).toEqual({ events: 12 });
    expect(asked).toEqual([
      [`webhook:${id}`, { id: kept.id, publication: 7 }],
      [`webhook:${id}`, { from: new Date(range.from), to: new Date(range.to) }],
    ]);
    const text = "The event of this delivery is no longer kept.";
    expect(await adminRefusal(app, "POST", url, { deliveryId: gone?.id })).toEqual([404, text]);
    const unknown = "There is no delivery with this id in the log of the webhook.";
    expect(await adminRefusal(app, "POST", url, { deliveryId: "99-0" })).toEqual([404, unknown]);
    await database.query("UPDATE webhooks SET enabled = false, disabled_because = 'of a test'");
    const disabled = "The webhook is disabled: of a test.";
    expect(await adminRefusal(app, "POST", url, range)).toEqual([409, disabled]);
    expect(asked).toHaveLength(3);
  });
});
