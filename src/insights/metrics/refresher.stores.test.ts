/** Stored counts of metrics give the same answers as a count over the events, whatever is recorded, counted and deleted between. */
import type { Metric } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { number, object, string } from "valibot";
import { describe, expect, it } from "vitest";
import { always, storeCounts } from "../../../test/support/counted-ranges.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { deliveryEvent, histories, insertEvents, openEvent, sendEvent } from "../../../test/support/mail-events.ts";
import { type Counted, countDaily } from "../../../test/support/metric-count.ts";
import { runs } from "../../../test/support/runs.ts";
import type { MailEvent } from "../../events/event.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { deleteEventsBefore } from "../../stores/clickhouse/events.ts";
import {
  deleteReplacedCounts,
  markInsertion,
  outdatedRanges,
  rangeOfMessage,
} from "../../stores/clickhouse/metric-changes.ts";
import { deleteEventsOfRecipient } from "../../stores/clickhouse/recipient-events.ts";
import { deleteEventsOfScopes } from "../../stores/clickhouse/scope-events.ts";
import { selectRows } from "../../stores/clickhouse/select-rows.ts";
import { countRanges } from "./count-ranges.ts";
import { type CountedRanges, divide, readCountedRanges } from "./counted-ranges.ts";
import { selectDailySeries } from "./daily-series.ts";
import { metricDefinitions } from "./definitions.ts";
import { refreshCounts } from "./refresher.ts";

const hour = 3_600_000;
const day = 24 * hour;
const firstSending = new Date("2026-09-30T18:00:00Z");
const metrics = Object.keys(metricDefinitions).filter((name): name is Metric => name in metricDefinitions);
const dailyRow = object({ day: number(), value: number() });

const delays = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, hour, 5 * hour, 24 * hour, 3 * day) },
  { weight: 1, arbitrary: fc.constantFrom(59 * day, 60 * day - 1, 60 * day, -1, -12 * hour) },
);

/** Instants of any time of day, and midnights. */
const instants = fc.oneof(
  fc.nat(64).map((days) => Date.parse("2026-09-30T00:00:00Z") + days * day),
  fc.nat(5 * 24 * 60).map((minutes) => Date.parse("2026-09-30T00:00:00Z") + minutes * 60_000 + 1),
);

const intervals = fc
  .uniqueArray(instants, { minLength: 2, maxLength: 2 })
  .map((ends) => ends.sort((a, b) => a - b))
  .map(([start = 0, end = 0]) => ({ start: new Date(start), end: new Date(end) }));

const dimensions = fc.constantFrom<Counted["dimensions"]>(
  {},
  { EMAIL_IDENTITY: "example.com" },
  { EMAIL_IDENTITY: "b@example.org" },
  { ISP: "Gmail", TENANT_NAME: "one" },
  { CONFIGURATION_SET: "set" },
);

/** What is recorded at once, and how many ranges are counted then. */
const steps = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.constantFrom(0, 0, 1, 3, 100)), { minLength: 1, maxLength: 6 });

async function seriesOf(events: EventDatabase, metric: Metric, counted: Counted, decided?: CountedRanges) {
  const { start, end, dimensions, scope } = counted;
  const ranges = decided ?? (await readCountedRanges(events, { start, end }));
  const shown = { scope: 1, messages: scope, machines: "apart" } as const;
  const { sql, parameters } = selectDailySeries({ metric, start, end, dimensions: { ...dimensions } }, ranges, shown);
  const rows = await selectRows(events.client, dailyRow, { sql, parameters: parameters ?? {}, what: "a series" });
  return rows.map(({ day: at, value }) => [at * 1000, value]);
}

async function expectAll(events: EventDatabase, told: readonly MailEvent[], counted: Counted) {
  for (const metric of metrics) {
    const expected = countDaily(told, metric, counted);
    expect(await seriesOf(events, metric, counted), metric).toEqual(expected);
  }
}

const everything: Counted = {
  start: new Date("2026-09-01T00:00:00Z"),
  end: new Date("2026-12-31T00:00:00Z"),
  dimensions: {},
  scope: "all",
};

const outdated = (events: EventDatabase) => outdatedRanges(events, always);

describe.each(eventDatabases)("stored counts of metrics ($kind)", ({ kind, open }) => {
  it("equal a count over random events, some recorded twice and some after their range was counted", async () => {
    const property = fc.asyncProperty(
      fc.array(histories(firstSending, delays), { minLength: 1, maxLength: 40, size: "max" }),
      steps,
      fc.array(fc.record({ interval: intervals, dimensions, scope: fc.constantFrom("all", "ses") }), {
        minLength: 1,
        maxLength: 1,
      }),
      async (all, steps, asked) => {
        const events = await open();
        const told = all.flat();
        for (const [from, count, ranges] of steps) {
          const begin = from % told.length;
          const part = told.slice(begin, begin + 1 + (count % told.length));
          if (ranges === 0) await insertEvents(events, part);
          // While the ranges are counted, after their changes were read.
          else await storeCounts(events, ranges, () => insertEvents(events, part));
        }
        await insertEvents(events, told);
        await storeCounts(events, 2);
        for (const { interval, dimensions, scope } of asked) {
          await expectAll(events, told, { ...interval, dimensions, scope });
        }
        await storeCounts(events);
        expect(await outdated(events)).toEqual([]);
        for (const { interval, dimensions, scope } of asked) {
          await expectAll(events, told, { ...interval, dimensions, scope });
        }
        await events.close();
      },
    );
    await fc.assert(property, { numRuns: runs(8), endOnFailure: true });
  });

  it("are used once all ranges are known, also those from before the counts existed", async () => {
    const events = await open();
    const sent = sendEvent({ sentAt: firstSending });
    await insertEvents(events, [sent]);
    await events.client.command({ query: "TRUNCATE metric_changes" });
    const interval = { start: firstSending, end: everything.end };
    expect((await readCountedRanges(events, everything)).stored).toEqual([]);
    await expectAll(events, [sent], everything);
    await storeCounts(events);
    expect(await readCountedRanges(events, everything)).toEqual({
      stored: [{ range: sent.messageId.slice(0, 10), changes: expect.any(Number) }],
      live: undefined,
    });
    await expectAll(events, [sent], everything);
    await expectAll(events, [sent], { ...everything, ...interval });
  });

  it("are not used if an event came after the changes were read and before they were stored", async () => {
    const events = await open();
    const sent = sendEvent({ sentAt: firstSending });
    await insertEvents(events, [sent]);
    await storeCounts(events);
    const opened = openEvent({ ...sent, at: new Date(firstSending.getTime() + 1) });
    await insertEvents(events, [opened]);
    // A process that read the changes here is stopped until others are done.
    const [range] = await outdated(events);
    if (!range) throw new Error("no range is outdated");
    const delivered = deliveryEvent({ ...sent, at: new Date(firstSending.getTime() + 2) });
    await insertEvents(events, [delivered]);
    await storeCounts(events);
    await countRanges(events, [range]);
    expect(await outdated(events)).toEqual([]);
    await expectAll(events, [sent, opened, delivered], everything);
    const again = openEvent({ ...sent, at: firstSending });
    await insertEvents(events, [again]);
    await countRanges(events, [range]);
    expect(await outdated(events)).toHaveLength(1);
    await expectAll(events, [sent, opened, delivered, again], everything);
  });

  it("are those that a query decided to use, even if the range is counted anew before it reads them", async () => {
    const events = await open();
    const at = (minutes: number) => new Date(firstSending.getTime() + minutes * 60_000);
    const sent = Array.from({ length: 5 }, () => sendEvent({ sentAt: at(60) }));
    await insertEvents(events, sent);
    await storeCounts(events);
    // The start divides the counts that include the late message.
    const counted = { ...everything, start: at(30) };
    const decided = await readCountedRanges(events, counted);
    expect(decided.stored).toHaveLength(1);
    await insertEvents(events, [sendEvent({ sentAt: at(10) })]);
    await storeCounts(events);
    expect(await seriesOf(events, "SEND", counted, decided)).toEqual(countDaily(sent, "SEND", counted));
    expect(await seriesOf(events, "SEND", counted)).toEqual(countDaily(sent, "SEND", counted));
    const count = () =>
      selectRows(events.client, object({ rows: number() }), {
        sql: "SELECT count() AS rows FROM metric_counts FINAL",
        what: "the counts",
      });
    expect(await count()).toEqual([{ rows: 2 }]);
    await deleteReplacedCounts(events, 3_600);
    expect(await count()).toEqual([{ rows: 2 }]);
    await events.client.command({
      query: "ALTER TABLE metric_counts UPDATE counted_at = toDateTime(0) WHERE 1 SETTINGS mutations_sync = 2",
    });
    await deleteReplacedCounts(events, 3_600);
    expect(await count()).toEqual([{ rows: 1 }]);
    await expectAll(events, [...sent, sendEvent({ sentAt: at(10) })], everything);
  });

  it("are not used after an insert without the outbox, however much of it was counted before", async () => {
    const events = await open();
    const sent = sendEvent({ sentAt: firstSending });
    await insertEvents(events, [sent]);
    await storeCounts(events);
    expect(await outdated(events)).toEqual([]);
    await markInsertion(events, [rangeOfMessage(sent.messageId)]);
    expect(await outdated(events)).toMatchObject([{ range: sent.messageId.slice(0, 10) }]);
    expect((await readCountedRanges(events, everything)).stored).toEqual([]);
    await expectAll(events, [sent], everything);
  });

  it("wait until inserts of older processes have ended, on a server", async () => {
    const events = await open();
    await insertEvents(events, [sendEvent({ sentAt: firstSending })]);
    await events.client.command({ query: "TRUNCATE metric_coverage" });
    const services = { events, recorder: { drained: async () => {} } };
    const refresh = (settleSeconds: number) =>
      refreshCounts(services, { ...always, settleSeconds }, new AbortController().signal);
    await refresh(1_000_000);
    expect((await readCountedRanges(events, everything)).stored).toHaveLength(kind === "server" ? 0 : 1);
    await refresh(0);
    expect((await readCountedRanges(events, everything)).stored).toHaveLength(1);
  });

  it("include messages with IDs that are not in SES's form", async () => {
    const events = await open();
    const timed = sendEvent({ sentAt: firstSending });
    const others = ["0100", "0100019", `${timed.messageId.slice(0, 11)}x`, "x", "7f3c6a52-1111-2222-3333-444455556666"];
    // A dash where SES's IDs have one, and characters of several bytes at the end of the range and after it.
    others.push(
      "01000199\u00e9234567-1",
      "010001999\u00e934567-1",
      "0100019999\u00e94567-1",
      "0100019999\u{1f600}67-1",
    );
    const sent = [timed, ...others.map((messageId) => sendEvent({ sentAt: firstSending, messageId }))];
    await insertEvents(events, sent);
    for (const ranges of [0, 1, 2]) {
      await storeCounts(events, ranges);
      await expectAll(events, sent, everything);
    }
    const noted = await selectRows(events.client, object({ range: string() }), {
      sql: "SELECT DISTINCT message_range AS range FROM metric_changes ORDER BY range",
      what: "the ranges",
    });
    const ranges = new Set(sent.map(({ messageId }) => rangeOfMessage(messageId)));
    expect(new Set(noted.map(({ range }) => range))).toEqual(ranges);
    await insertEvents(events, [sendEvent({ sentAt: firstSending, messageId: "y" })]);
    await expectAll(events, [...sent, sendEvent({ sentAt: firstSending })], everything);
  });

  it("are counted anew after events of a recipient, of a scope or of old mail are deleted", async () => {
    const events = await open();
    const old = sendEvent({ sentAt: new Date("2026-09-02T12:00:00Z") });
    const own = sendEvent({ sentAt: firstSending });
    const forgotten = sendEvent({ sentAt: firstSending, recipient: "forgotten@example.com" });
    const others = sendEvent({ sentAt: firstSending, scope: 2 });
    await insertEvents(events, [old, own, forgotten, others]);
    await storeCounts(events);
    await expectAll(events, [old, own, forgotten], everything);

    await deleteEventsOfRecipient(events, "Forgotten@example.com");
    await expectAll(events, [old, own], everything);
    await storeCounts(events);
    await expectAll(events, [old, own], everything);

    await deleteEventsBefore(events, new Date("2026-09-03T00:00:00Z"));
    await expectAll(events, [own], everything);
    await deleteEventsOfScopes(events, [1]);
    await expectAll(events, [], everything);
    await storeCounts(events);
    expect(await outdated(events)).toEqual([]);
    await expectAll(events, [], everything);
  });
});

describe("the division into stored and live ranges", () => {
  it("has one condition on the key for live ranges that follow each other", () => {
    const { stored, live } = divide([
      { range: "", state: "outside", changes: 1 },
      { range: "0100000001", state: "outdated", changes: 2 },
      { range: "0100000003", state: "outdated", changes: 3 },
      { range: "0100000004", state: "inside", changes: 4 },
      { range: "0100000005", state: "outside", changes: 5 },
      { range: "0100000006", state: "outdated", changes: 6 },
    ]);
    expect(stored).toEqual([{ range: "0100000004", changes: 4 }]);
    expect(live?.parameters).toEqual({
      live0: "0100000001",
      liveEnd0: "0100000004",
      live1: "0100000006",
      liveEnd1: "0100000007",
    });
  });

  it("reads nothing if no range has anything in the interval", () => {
    expect(divide([{ range: "0100000001", state: "outside", changes: 1 }])).toEqual({
      stored: [],
      live: { sql: "0", parameters: {} },
    });
  });
});
