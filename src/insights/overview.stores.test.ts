/** The overview against a model, across a change of the clocks, on both kinds of event database. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { bounceEvent, histories, insertEvents, sendEvent } from "../../test/support/mail-events.ts";
import { foldMessage, type MessageState } from "../../test/support/message-model.ts";
import type { Volumes } from "../admin-api/overview.ts";
import { createEventReader } from "./event-reader.ts";
import { type OverviewServices, readOverview } from "./overview.ts";

const shown = { scope: undefined, messages: "all", machines: "apart" } as const;
const zone = "Europe/Vienna";
// In the night to 25 October 2026 the clocks go back: that day has 25 hours.
const start = new Date("2026-10-23T22:00:00Z");
const end = new Date("2026-10-27T23:00:00Z");

describe.each(eventDatabases)("the overview ($kind)", ({ open }) => {
  let services: OverviewServices;
  let states: MessageState[];

  beforeAll(async () => {
    const events = await open();
    services = { reader: createEventReader(events), shown };
    const later = fc.nat(40).map((hours) => hours * 3_600_000);
    const told = ["2026-10-20T00:00:00Z", "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z"].flatMap((from) =>
      fc.sample(histories(new Date(from), later), 150),
    );
    states = told.map((history) => foldMessage(history));
    await insertEvents(events, told.flat());
  });

  it("counts by the day of the zone, in all, and in the period before", async () => {
    const overview = await readOverview(services, { start, end, zone, by: "isp" });
    const days = ["2026-10-23T22:00", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-26T23:00"];
    expect(overview.bucket).toBe("day");
    expect(overview.buckets.map(({ at }) => at)).toEqual(days.map((day) => `${day}:00.000Z`));
    for (const [index, { at, ...volumes }] of overview.buckets.entries()) {
      const next = overview.buckets[index + 1]?.at ?? end.toISOString();
      expect([at, volumes]).toEqual([at, count(states, new Date(at), new Date(next))]);
    }
    expect(overview.totals.volumes).toEqual(count(states, start, end));
    expect(overview.before.to).toBe(overview.from);
    expect(overview.before.volumes).toEqual(count(states, new Date(overview.before.from), start));
    const { volumes, rates } = overview.totals;
    expect(rates.permanentBounces).toBe(volumes.permanentBounces / volumes.sends);
    expect(rates.opens).toBe(volumes.opens / volumes.deliveriesOpenTracked);
  });

  it.each([
    ["isp", (state: MessageState) => state.facts?.isp],
    ["identity", (state: MessageState) => state.facts?.identity],
    ["configurationSet", (state: MessageState) => state.facts?.configurationSet ?? ""],
    ["tenant", (state: MessageState) => state.facts?.tenant ?? ""],
  ] as const)("is broken down by %s", async (by, valueIn) => {
    const { breakdown, others } = await readOverview(services, { start, end, zone, by });
    const expected = [...Map.groupBy(states, valueIn)].map(([value, own]) => ({
      value,
      volumes: count(own, start, end),
    }));
    expect(breakdown.map(({ value, volumes }) => ({ value, volumes }))).toEqual(
      expected.sort((a, b) => b.volumes.sends - a.volumes.sends || ((a.value ?? "") < (b.value ?? "") ? -1 : 1)),
    );
    expect(others).toBe(0);
  });

  it("counts the mail of one tenant", async () => {
    const own = states.filter(({ facts }) => facts?.tenant === "One");
    const overview = await readOverview(services, { start, end, zone, by: "tenant", tenant: "One" });
    expect(overview.totals.volumes).toEqual(count(own, start, end));
    expect(overview.breakdown.map(({ value, volumes }) => [value, volumes])).toEqual([["One", count(own, start, end)]]);
  });

  it("tells hours of a short period, each once, though the clocks go back", async () => {
    const day = { start: new Date("2026-10-24T22:00:00Z"), end: new Date("2026-10-25T23:00:00Z") };
    const overview = await readOverview(services, { ...day, zone, by: "isp" });
    expect(overview.bucket).toBe("hour");
    expect(overview.buckets.length).toBe(25);
    const sends = overview.buckets.reduce((sum, bucket) => sum + bucket.sends, 0);
    expect(sends).toBe(count(states, day.start, day.end).sends);
    const india = await readOverview(services, { ...day, zone: "Asia/Kolkata", by: "isp" });
    expect(india.buckets[1]?.at).toBe("2026-10-24T22:30:00.000Z");
  });

  it("has no rate of nothing", async () => {
    const empty = { start: new Date("2020-01-01T00:00:00Z"), end: new Date("2020-01-05T00:00:00Z") };
    const overview = await readOverview(services, { ...empty, zone: "UTC", by: "identity" });
    expect(overview.buckets.length).toBe(4);
    expect(Object.values(overview.totals.rates)).toEqual([null, null, null, null, null, null]);
    expect([overview.breakdown, overview.others, overview.anomalies]).toEqual([[], 0, []]);
  });

  it("has the twenty largest of many values, and how many there are besides", async () => {
    const events = await open();
    const sent = Array.from({ length: 23 }, (_, identity) =>
      Array.from({ length: identity + 1 }, () =>
        sendEvent({ sentAt: start, message: { identity: `i${String(identity).padStart(2, "0")}.example` } }),
      ),
    ).flat();
    await insertEvents(events, sent);
    const many = { reader: createEventReader(events), shown };
    const { breakdown, others } = await readOverview(many, { start, end, zone, by: "identity" });
    expect([breakdown.length, breakdown[0]?.value, breakdown[19]?.value, others]).toEqual([
      20,
      "i22.example",
      "i03.example",
      3,
    ]);
  });

  it("calls a day out on which much more bounces than on others", async () => {
    const events = await open();
    const days = Array.from({ length: 10 }, (_, index) => new Date(Date.UTC(2026, 9, 10 + index, 12)));
    const sent = days.flatMap((sentAt) =>
      Array.from({ length: 60 }, () => sendEvent({ sentAt, message: { isp: "Gmail" } })),
    );
    const bounced = sent.filter(({ sentAt }, index) => index % (sentAt.getUTCDate() === 18 ? 2 : 30) === 0);
    await insertEvents(events, [...sent, ...bounced.map((event) => bounceEvent({ ...event, at: event.sentAt }))]);
    const period = { start: new Date("2026-10-15T00:00:00Z"), end: new Date("2026-10-20T00:00:00Z") };
    const { anomalies } = await readOverview(
      { reader: createEventReader(events), shown },
      { ...period, zone: "UTC", by: "isp" },
    );
    expect(anomalies.map(({ kind, at, isp, count, outOf }) => ({ kind, at, isp, count, outOf }))).toEqual([
      { kind: "bounces", at: "2026-10-18T00:00:00.000Z", isp: undefined, count: 30, outOf: 60 },
      { kind: "bounces", at: "2026-10-18T00:00:00.000Z", isp: "Gmail", count: 30, outOf: 60 },
    ]);
  });
});

/** What docs/metrics.md says, as simply as it can be. */
function count(states: readonly MessageState[], from: Date, to: Date): Volumes {
  const times = (at: (state: MessageState) => Date | undefined) =>
    states.filter((state) => {
      const happened = at(state);
      const counted = happened && new Date(Math.max(happened.getTime(), state.sentAt.getTime()));
      return counted !== undefined && counted >= from && counted < to;
    }).length;
  const first = (name: Parameters<MessageState["first"]["get"]>[0]) => times((state) => state.first.get(name));
  const delivered = (could: "feedbackLoop" | "openTracked" | "clickTracked") =>
    times((state) => (state.facts?.[could] ? state.first.get("DELIVERY") : undefined));
  return {
    sends: times(({ sentAt }) => sentAt),
    deliveries: first("DELIVERY"),
    permanentBounces: first("PERMANENT_BOUNCE"),
    transientBounces: first("TRANSIENT_BOUNCE"),
    complaints: first("COMPLAINT"),
    opens: first("OPEN"),
    clicks: first("CLICK"),
    deliveriesWithFeedback: delivered("feedbackLoop"),
    deliveriesOpenTracked: delivered("openTracked"),
    deliveriesClickTracked: delivered("clickTracked"),
  };
}
