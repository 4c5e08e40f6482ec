import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import {
  bounceEvent,
  complaintEvent,
  deliveryEvent,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../../test/support/mail-events.ts";
import { callMetrics, metricServices, queries, query, seconds } from "../../../test/support/metric-calls.ts";
import type { Output } from "../../contract/types.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";

/** Each query's series by its id. */
const seriesOf = ({ Results = [] }: Output<"BatchGetMetricData">) =>
  Object.fromEntries(
    Results.map(({ Id = "", Timestamps = [], Values = [] }) => [
      Id,
      Timestamps.map((at, index) => [at.toISOString(), Values[index]]),
    ]),
  );

describe.each(eventDatabases)("BatchGetMetricData ($kind)", ({ open }) => {
  let events: EventDatabase;
  const gmail = { isp: "Gmail", configurationSet: "set", tenant: "one", source: "a@mail.example.com" };
  const sent = sendEvent({ sentAt: new Date("2026-09-10T10:00:00Z"), message: { ...gmail, inSesScope: true } });
  const late = sendEvent({
    sentAt: new Date("2026-09-12T23:59:59.999Z"),
    message: { isp: "Yahoo", inSesScope: false },
  });
  const next = sendEvent({ sentAt: new Date("2026-09-13T00:00:00Z"), message: { ...gmail, inSesScope: true } });

  beforeAll(async () => {
    events = await open();
    const then = (hours: number) => ({ ...sent, at: new Date(sent.sentAt.getTime() + hours * 3_600_000) });
    await insertEvents(events, [
      ...[sent, late, next],
      ...[deliveryEvent(then(1)), openEvent(then(20)), openEvent(then(3)), openEvent(then(3)), openEvent(then(100))],
      ...[bounceEvent(then(2), { bounceType: "Transient" }), bounceEvent(then(2), { bounceType: "Undetermined" })],
      ...[bounceEvent(then(2), { bounceSubType: "OnAccountSuppressionList" }), complaintEvent(then(30))],
    ]);
  });

  it("leaves out days without anything, and has an empty series for nothing", async () => {
    const metrics = ["SEND", "DELIVERY", "OPEN", "TRANSIENT_BOUNCE", "PERMANENT_BOUNCE", "COMPLAINT", "CLICK"];
    const answer = await callMetrics(metricServices(events), ...metrics.map((Metric) => query({ Id: Metric, Metric })));
    expect(answer.Errors).toEqual([]);
    expect(answer.Results?.map(({ Id }) => Id)).toEqual(metrics);
    expect(answer.Results?.at(-1)).toEqual({ Id: "CLICK", Timestamps: [], Values: [] });
    expect(seriesOf(answer)).toEqual({
      SEND: [
        ["2026-09-10T00:00:00.000Z", 1],
        ["2026-09-12T00:00:00.000Z", 1],
        ["2026-09-13T00:00:00.000Z", 1],
      ],
      DELIVERY: [["2026-09-10T00:00:00.000Z", 1]],
      OPEN: [["2026-09-10T00:00:00.000Z", 1]],
      TRANSIENT_BOUNCE: [["2026-09-10T00:00:00.000Z", 1]],
      PERMANENT_BOUNCE: [],
      COMPLAINT: [["2026-09-11T00:00:00.000Z", 1]],
      CLICK: [],
    });
  });

  it.each<[what: string, given: object, days: [string, number][]]>([
    ["ends before its end", { StartDate: seconds("2026-09-12"), EndDate: seconds("2026-09-13") }, [["2026-09-12", 1]]],
    [
      "takes part of a day, and tells of it at the midnight before",
      { StartDate: seconds("2026-09-12T23:59:59.999Z"), EndDate: seconds("2026-09-13T00:00:00.001Z") },
      [
        ["2026-09-12", 1],
        ["2026-09-13", 1],
      ],
    ],
    [
      "leaves out what is in the day but before its start",
      { StartDate: seconds("2026-09-13T00:00:00.001Z"), EndDate: seconds("2026-09-14") },
      [],
    ],
    ["takes 60 days", { StartDate: seconds("2026-07-14"), EndDate: seconds("2026-09-12") }, [["2026-09-10", 1]]],
    ["takes days of other eras", { StartDate: -62_135_596_800, EndDate: -62_135_510_400 }, []],
    ["takes days to come", { StartDate: seconds("9999-01-01"), EndDate: seconds("9999-02-01") }, []],
    ["tells by provider", { Dimensions: { ISP: "Yahoo" } }, [["2026-09-12", 1]]],
    [
      "tells by an address's domain",
      { Dimensions: { EMAIL_IDENTITY: "mail.example.com" } },
      [
        ["2026-09-10", 1],
        ["2026-09-13", 1],
      ],
    ],
    ["tells by address", { Dimensions: { EMAIL_IDENTITY: "sender@example.com" } }, [["2026-09-12", 1]]],
    [
      "tells by several dimensions",
      { Dimensions: { ISP: "Gmail", CONFIGURATION_SET: "set", TENANT_NAME: "one" } },
      [
        ["2026-09-10", 1],
        ["2026-09-13", 1],
      ],
    ],
    ["tells nothing where one of them has nothing", { Dimensions: { ISP: "Yahoo", CONFIGURATION_SET: "set" } }, []],
    ["minds case", { Dimensions: { TENANT_NAME: "One" } }, []],
  ])("%s", async (_what, given, days) => {
    const expected = days.map(([date, value]) => [`${date}T00:00:00.000Z`, value]);
    expect(seriesOf(await callMetrics(metricServices(events), query(given)))).toEqual({ one: expected });
  });

  it("leaves out what SES leaves out, where that is set", async () => {
    expect(seriesOf(await callMetrics(metricServices(events, { messages: "ses" }), query()))).toEqual({
      one: [
        ["2026-09-10T00:00:00.000Z", 1],
        ["2026-09-13T00:00:00.000Z", 1],
      ],
    });
  });

  it("answers ten queries, some twice, each with an id of its own", async () => {
    const answer = await callMetrics(metricServices(events), ...queries(10, () => ({ Dimensions: { ISP: "Yahoo" } })));
    expect(Object.values(seriesOf(answer))).toEqual(Array(10).fill([["2026-09-12T00:00:00.000Z", 1]]));
  });

  it("tells of a query that failed, and answers the others", async () => {
    const told: unknown[] = [];
    let sessions = 0;
    const failing: EventDatabase = {
      ...events,
      openSession: async () => {
        const session = await events.openSession();
        sessions++;
        // What a query is stopped by that needs too much: the engine's own error, in the middle of the answer.
        return sessions % 2 === 0
          ? { ...session, rows: (row, asked) => session.rows(row, { ...asked, sql: "SELECT throwIf(1) AS day" }) }
          : session;
      },
    };
    const answer = await callMetrics(
      metricServices(failing, { failed: (error, requestId) => told.push([error, requestId]) }),
      ...queries(4, () => ({ Dimensions: { ISP: "Yahoo" } })),
    );
    const series = [["2026-09-12T00:00:00.000Z", 1]];
    expect(seriesOf(answer)).toEqual({ 0: series, 2: series });
    expect(answer.Errors).toEqual(
      ["1", "3"].map((Id) => ({ Id, Code: "INTERNAL_FAILURE", Message: "The query failed. Try again." })),
    );
    expect(told).toEqual([
      [expect.objectContaining({ code: "395" }), "test"],
      [expect.objectContaining({ code: "395" }), "test"],
    ]);
  });

  it("counts a message as sent only once its SEND event is recorded", async () => {
    const own = await open();
    await insertEvents(own, [deliveryEvent({ ...sent, at: sent.sentAt })]);
    const ask = (given: object, messages: "all" | "ses" = "all") =>
      callMetrics(metricServices(own, { messages }), query(given));
    // Otherwise bounces that a mirrored account publishes without its sends would count as sent.
    expect(seriesOf(await ask({}))).toEqual({ one: [] });
    expect(seriesOf(await ask({ Metric: "DELIVERY" }))).toEqual({ one: [["2026-09-10T00:00:00.000Z", 1]] });
    expect(seriesOf(await ask({}, "ses"))).toEqual({ one: [] });
    expect(seriesOf(await ask({ Dimensions: { ISP: "Gmail" } }))).toEqual({ one: [] });
    await insertEvents(own, [sent]);
    expect(seriesOf(await ask({ Dimensions: { ISP: "Gmail" } }, "ses"))).toEqual({
      one: [["2026-09-10T00:00:00.000Z", 1]],
    });
  });

  it("counts what was acknowledged before", async () => {
    const own = await open();
    const drained = async () => insertEvents(own, [sent]);
    const recorder = { wake: () => {}, drained, stop: async () => {} };
    expect(seriesOf(await callMetrics(metricServices(own, { recorder }), query()))).toEqual({
      one: [["2026-09-10T00:00:00.000Z", 1]],
    });
  });

  it("fails soon if the events committed before can't be recorded, and leaves nothing waiting", async () => {
    let waiting = 0;
    const recorder = {
      ...metricServices(events).recorder,
      drained: async (signal?: AbortSignal) => {
        waiting++;
        await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
      },
    };
    const services = metricServices(events, { recorder, answerWithinMs: 50 });
    await expect(callMetrics(services, query())).rejects.toThrow("timeout");
    expect(waiting).toBe(1);
  });
});
