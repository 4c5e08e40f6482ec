/** What keeps the messages of accounts and regions apart: searches, the overview, metrics, exports, the live feed. */
import { beforeAll, describe, expect, it } from "vitest";
import { eventDatabases } from "../../test/support/event-databases.ts";
import { exported, messages } from "../../test/support/export-run.ts";
import { bounceEvent, deliveryEvent, insertEvents, openEvent, sendEvent } from "../../test/support/mail-events.ts";
import { callMetrics, metricServices, query } from "../../test/support/metric-calls.ts";
import type { MailEvent } from "../events/event.ts";
import { dataSourceOf } from "../jobs/exports/data-source.ts";
import type { ExportRun } from "../jobs/exports/run-export.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { createEventReader, type EventReader } from "./event-reader.ts";
import { countMessages, searchMessages } from "./message-search.ts";
import { readOverview } from "./overview.ts";
import { newestEvents } from "./recorded-events.ts";

const sentAt = new Date("2026-09-21T10:00:00Z");
const all = { isps: [], lastDelivery: [], lastEngagement: [], tags: [] };
const numbers = new Map([
  [1, 3],
  [2, 5],
  [7, 1],
]);

/** Messages that differ in nothing but their IDs and scope: as many of each scope as said above. */
function traffic(): MailEvent[] {
  return [...numbers].flatMap(([scope, count]) =>
    Array.from({ length: count }, () => {
      const sent = sendEvent({ scope, sentAt, message: { isp: "Gmail", tags: { kind: ["order"] } } });
      const then = { ...sent, at: new Date(sentAt.getTime() + 1000) };
      return [sent, ...(scope === 2 ? [bounceEvent(then)] : [deliveryEvent(then), openEvent(then)])];
    }).flat(),
  );
}

describe.each(eventDatabases)("accounts and regions are kept apart ($kind)", ({ open }) => {
  const told = traffic();
  let events: EventDatabase;
  let reader: EventReader;
  beforeAll(async () => {
    events = await open();
    reader = createEventReader(events);
    // Events of all scopes come together, and what happens to messages comes later than their sending.
    await insertEvents(
      events,
      told.filter(({ type }) => type === "SEND"),
    );
    await insertEvents(
      events,
      told.filter(({ type }) => type !== "SEND"),
    );
  });

  const shown = (scope: number | undefined) => ({ scope, messages: "all", machines: "apart" }) as const;
  const idsOf = (scope: number | undefined) =>
    told
      .filter((event) => event.type === "SEND" && (scope === undefined || event.scope === scope))
      .map(({ messageId }) => messageId)
      .sort();
  const scopes = [...numbers.keys(), 99, undefined];

  it.each(scopes)("in searches and counts (%s)", async (scope) => {
    const services = { reader, shown: shown(scope), prefixes: ["0100"] };
    const tags = [{ name: "kind", value: "order" }];
    for (const filters of [all, { ...all, tags }, { ...all, isps: ["Gmail"] }]) {
      const page = { after: undefined, limit: 100, now: sentAt };
      const found = await searchMessages(services, filters, page);
      expect(found.map(({ messageId }) => messageId).sort()).toEqual(idsOf(scope));
      expect(await countMessages(services, filters)).toBe(idsOf(scope).length);
    }
    const [foreign] = told.filter((event) => event.scope !== scope);
    const byId = await countMessages(services, { ...all, messageId: foreign?.messageId });
    expect(byId).toBe(scope === undefined ? 1 : 0);
  });

  it.each(scopes)("in the overview (%s)", async (scope) => {
    const period = { start: new Date("2026-09-21T00:00:00Z"), end: new Date("2026-09-22T00:00:00Z"), zone: "UTC" };
    const overview = await readOverview({ reader, shown: shown(scope) }, { ...period, by: "isp" });
    const own = told.filter((event) => scope === undefined || event.scope === scope);
    const count = (type: MailEvent["type"]) => own.filter((event) => event.type === type).length;
    const expected = { sends: count("SEND"), permanentBounces: count("BOUNCE"), opens: count("OPEN") };
    expect(overview.totals.volumes).toMatchObject(expected);
    expect(overview.breakdown.map(({ value, volumes }) => [value, volumes.sends])).toEqual(
      count("SEND") === 0 ? [] : [["Gmail", count("SEND")]],
    );
  });

  it.each([...numbers])("in metrics (%s)", async (scope, count) => {
    const answer = await callMetrics(
      metricServices(events, { read: (read) => read(scope) }),
      query(),
      query({ Id: "bounces", Metric: "PERMANENT_BOUNCE", Dimensions: { ISP: "Gmail" } }),
    );
    expect(answer.Results?.map(({ Values }) => Values)).toEqual([[count], scope === 2 ? [count] : []]);
  });

  it.each([...numbers])("in exports (%s)", async (scope, count) => {
    const limited: Partial<ExportRun>[] = [
      { source: messages({ maxResults: 100 }) },
      { source: messages({ include: { Isp: ["Gmail"] }, maxResults: 100 }) },
    ];
    for (const run of limited) {
      const { file, processedRecords } = await exported(events, { ...run, scope });
      const rows: { messageid: string }[] = JSON.parse(file);
      expect(rows.map(({ messageid }) => messageid).sort()).toEqual(idsOf(scope));
      expect(processedRecords).toBe(count);
    }
    const unlimited = await exported(events, { scope, maxRows: 0, format: "CSV" });
    expect(unlimited.exportedRecords).toBe(count);
    const source = dataSourceOf({
      MetricsDataSource: {
        Namespace: "VDM",
        Dimensions: { ISP: ["Gmail"] },
        Metrics: [{ Name: "SEND", Aggregation: "VOLUME" }],
        StartDate: "2026-09-20T00:00:00Z",
        EndDate: "2026-09-23T00:00:00Z",
      },
    });
    const metrics = await exported(events, { scope, format: "CSV", source });
    expect(metrics.file).toBe(`ISP,SEND_VOLUME\nGmail,${count}.0000\n`);
    expect(metrics.processedRecords).toBe(count);
  });

  it("in what the live feed reads", async () => {
    const found = await newestEvents(reader, sentAt, 1_000);
    const scopeOf = new Map(told.map(({ id, scope }) => [id, scope]));
    expect(found.length).toBe(told.length);
    expect(found.map(({ scope }) => scope)).toEqual(found.map(({ eventId }) => scopeOf.get(eventId)));
  });
});
