/** Mail of mirrored accounts beside our own: IDs of other regions, messages without a SEND, opens that are nobody's. */
import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { bounceEvent, deliveryEvent, insertEvents, openEvent, sendEvent } from "../../test/support/mail-events.ts";
import type { MailEvent, SendEvent } from "../events/event.ts";
import { createMessageId } from "../events/message-id.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { createEventReader } from "./event-reader.ts";
import { countMessages, type MessageKey, type SearchServices, searchMessages } from "./message-search.ts";
import { readOverview } from "./overview.ts";

const now = new Date("2026-09-21T12:00:00Z");
const hour = 3_600_000;
const all = { isps: [], lastDelivery: [], lastEngagement: [], tags: [] };
const shown = { scope: undefined, messages: "all", machines: "apart" } as const;
const prefixes = ["0000", "0100", "0102", "0108"];

/** What a mirrored event without a SEND is recorded with. */
function withoutSend(sent: SendEvent, event: MailEvent): MailEvent {
  return { ...event, mirrored: { message: sent.message } };
}

const sentAgo = (milliseconds: number, prefix: string, recipient = "user@example.com"): SendEvent => {
  const sentAt = new Date(now.getTime() - milliseconds);
  const messageId = prefix + createMessageId(sentAt, randomUUID()).slice(4);
  return sendEvent({ sentAt, messageId, recipient, message: { isp: "Gmail" } });
};

describe.each(eventDatabases)("mirrored mail ($kind)", ({ open }) => {
  let events: EventDatabase;
  let services: SearchServices;
  // From minutes to months ago, in turn from each region.
  const ages = [0.01, 0.2, 0.5, 2, 3, 20, 23, 30, 100, 200, 300, 2000].map((hours) => hours * hour);
  const sent = ages.map((age, index) => sentAgo(age, prefixes[index % prefixes.length] ?? ""));
  const bouncedOnly = sentAgo(hour / 3, "0102", "bounced@example.com");
  const toTwo = ["one@example.com", "two@example.com"].map((recipient) =>
    sendEvent({
      sentAt: new Date(now.getTime() - hour / 4),
      recipient,
      messageId: "0108000000000000-00000000-0000-4000-8000-000000000000-000000",
    }),
  );

  beforeAll(async () => {
    events = await open();
    services = { reader: createEventReader(events), shown, prefixes };
    const later = (one: SendEvent) => ({ ...one, at: new Date(one.sentAt.getTime() + 1_000) });
    await insertEvents(events, [
      ...sent,
      ...sent.map((one) => deliveryEvent(later(one))),
      withoutSend(bouncedOnly, bounceEvent(later(bouncedOnly))),
      ...toTwo,
      ...toTwo.slice(0, 1).map((one) => withoutSend(one, openEvent({ ...later(one), recipient: "" }))),
    ]);
  });

  it.each([1, 2, 5, 100])("is found in the order of time, whatever its IDs begin with (%d a page)", async (limit) => {
    const found: MessageKey[] = [];
    for (;;) {
      const page = await searchMessages(
        services,
        { ...all, recipient: "user@example.com" },
        { after: found.at(-1), limit, now },
      );
      found.push(...page);
      if (page.length < limit) break;
    }
    expect(found.map(({ messageId }) => messageId)).toEqual(sent.map(({ messageId }) => messageId));
  });

  it("is found up to a time", async () => {
    const to = new Date(now.getTime() - 2.5 * hour);
    const filters = { ...all, recipient: "user@example.com", to };
    const page = await searchMessages(services, filters, { after: undefined, limit: 3, now });
    expect(page.map(({ messageId }) => messageId)).toEqual(sent.slice(4, 7).map(({ messageId }) => messageId));
  });

  it("is known from a bounce alone, but not counted as sent", async () => {
    const [found, ...others] = await searchMessages(
      services,
      { ...all, recipient: "bounced@example.com" },
      { after: undefined, limit: 5, now },
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      messageId: bouncedOnly.messageId,
      subject: "hello",
      isp: "Gmail",
      lastDelivery: "PERMANENT_BOUNCE",
    });
    const period = { start: new Date(now.getTime() - hour), end: now, zone: "UTC" };
    const overview = await readOverview({ reader: services.reader, shown }, { ...period, by: "isp" });
    // Three within the hour, and one to two recipients.
    expect(overview.totals.volumes).toMatchObject({ sends: 5, permanentBounces: 1, deliveries: 3 });
  });

  it("is nobody's where an event does not say whose it is", async () => {
    expect(await countMessages(services, { ...all, messageId: toTwo[0]?.messageId })).toBe(2);
    expect(await countMessages(services, { ...all, lastEngagement: ["OPEN"] })).toBe(0);
  });
});
