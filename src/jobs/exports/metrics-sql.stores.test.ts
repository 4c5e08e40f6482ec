/** What a metrics file counts: against a model, for random histories and data sources, on both event databases. */
import type { ExportMetric } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { storeCounts } from "../../../test/support/counted-ranges.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { exported } from "../../../test/support/export-run.ts";
import {
  clickEvent,
  deliveryEvent,
  histories,
  insertEvents,
  openEvent,
  sendEvent,
} from "../../../test/support/mail-events.ts";
import { foldMessage, type MessageState } from "../../../test/support/message-model.ts";
import { type Metric, metricsLines } from "../../../test/support/metrics-model.ts";
import { runs } from "../../../test/support/runs.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import { dataSourceOf, type MetricsSource } from "./data-source.ts";

type Dimension = MetricsSource["dimensions"][number];

const day = 24 * 3600 * 1000;
/** Messages are sent in the two days from here; the midnight between them is not at half time. */
const firstSending = new Date("2026-09-30T18:00:00Z");
const midnight = (days: number) => new Date(Date.parse("2026-09-30T00:00:00Z") + days * day);

const metricNames: Metric[] = [
  "SEND",
  "DELIVERY",
  "PERMANENT_BOUNCE",
  "TRANSIENT_BOUNCE",
  "OPEN",
  "CLICK",
  "COMPLAINT",
  "DELIVERY_OPEN",
  "DELIVERY_CLICK",
  "DELIVERY_COMPLAINT",
];

const dimensionValues = {
  ISP: ["Gmail", "Yahoo", "UNKNOWN_ISP", "Nobody", "*"],
  EMAIL_IDENTITY: [
    "example.com",
    "a@example.com",
    "b@example.org",
    "example.org",
    "mail.example.com",
    "none.example",
    "*",
  ],
  CONFIGURATION_SET: ["set", "other", "none", "*"],
  TENANT_NAME: ["one", "One", "none", "*"],
} as const;

const dimension = (name: keyof typeof dimensionValues): fc.Arbitrary<Dimension> =>
  fc.array(fc.constantFrom(...dimensionValues[name]), { minLength: 1, maxLength: 4 }).map((values) => [name, values]);

const sources: fc.Arbitrary<MetricsSource> = fc.record({
  type: fc.constant("METRICS_DATA" as const),
  start: fc.nat(2).map(midnight),
  end: fc.integer({ min: 3, max: 4 }).map(midnight),
  dimensions: fc
    .shuffledSubarray(["ISP", "EMAIL_IDENTITY", "CONFIGURATION_SET", "TENANT_NAME"] as const, {
      minLength: 1,
      maxLength: 3,
    })
    .chain((names) => fc.tuple(...names.map(dimension))),
  metrics: fc.array(
    fc.record({
      Name: fc.constantFrom(...metricNames),
      Aggregation: fc.constantFrom("VOLUME" as const, "RATE" as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** As it comes out of the database. */
function stored({ start, end, dimensions, metrics }: MetricsSource) {
  return dataSourceOf({
    MetricsDataSource: {
      Dimensions: Object.fromEntries(dimensions.map(([name, values]) => [name, [...values]])),
      Namespace: "VDM",
      Metrics: [...metrics],
      StartDate: start.toISOString(),
      EndDate: end.toISOString(),
    },
    MessageInsightsDataSource: undefined,
  });
}

/** Which of the counts are stored. */
const kindsOfCounts = eventDatabases.flatMap(({ kind, open }) =>
  (["some", "all"] as const).map((stored) => ({ kind, open, storedCounts: stored })),
);

describe.each(kindsOfCounts)("a metrics file ($kind, $storedCounts of the counts stored)", ({ open, storedCounts }) => {
  let events: EventDatabase;
  let states: MessageState[];

  beforeAll(async () => {
    events = await open();
    const all = fc.sample(histories(firstSending), 400);
    states = all.map((history) => foldMessage(history));
    await insertEvents(events, all.flat().slice(300).reverse());
    await storeCounts(events);
    await insertEvents(events, all.flat().reverse());
    await insertEvents(events, all.flat().slice(0, 500));
    await storeCounts(events, storedCounts === "some" ? 5 : undefined);
  });

  it("is what the model counts, for random dimensions, metrics and intervals", async () => {
    const property = fc.asyncProperty(
      sources,
      fc.constantFrom("all" as const, "ses" as const),
      async (source, messages) => {
        const shown = messages === "all" ? states : states.filter(({ facts }) => facts?.inSesScope);
        const { file, exportedRecords, processedRecords } = await exported(events, {
          source: stored(source),
          messages,
          format: "CSV",
        });
        const [header, ...lines] = file.trimEnd().split("\n");
        const columns = [
          ...source.dimensions.map(([name]) => name),
          ...source.metrics.map(({ Name, Aggregation }) => `${Name}_${Aggregation}`),
        ];
        expect(header).toBe(columns.join(","));
        expect(lines.toSorted()).toEqual(metricsLines(shown, source));
        expect(exportedRecords).toBe(lines.length);
        expect(processedRecords).toBe(
          shown.filter(({ sentAt }) => sentAt >= source.start && sentAt < source.end).length,
        );
      },
    );
    await fc.assert(property, { numRuns: runs(60) });
  });

  it("counts each metric by itself", async () => {
    for (const Name of metricNames) {
      for (const Aggregation of ["VOLUME", "RATE"] as const) {
        const metrics = [{ Name, Aggregation }];
        const source: MetricsSource = {
          type: "METRICS_DATA",
          start: midnight(0),
          end: midnight(4),
          dimensions: [["ISP", ["*"]]],
          metrics,
        };
        const { file } = await exported(events, { source: stored(source), format: "CSV" });
        const [header, ...lines] = file.trimEnd().split("\n");
        expect(header).toBe(`ISP,${Name}_${Aggregation}`);
        expect(lines.toSorted()).toEqual(metricsLines(states, source));
      }
    }
  });

  it("has JSON on one line, and the end of the interval outside", async () => {
    const own = await open();
    const sentAt = midnight(1);
    const sent = sendEvent({ sentAt, message: { isp: "Gmail", openTracked: true } });
    const tooLate = { ...sent, at: midnight(62) };
    await insertEvents(own, [
      sent,
      sendEvent({ sentAt: midnight(2), message: { isp: "Gmail" } }),
      deliveryEvent({ ...sent, at: new Date(midnight(2).getTime() - 1) }),
      openEvent({ ...sent, at: midnight(2) }),
      clickEvent(tooLate),
    ]);
    const metrics: ExportMetric[] = [
      { Name: "SEND" },
      { Name: "DELIVERY", Aggregation: "RATE" },
      { Name: "OPEN" },
      { Name: "CLICK" },
    ];
    const dimensions: Dimension[] = [["ISP", ["Gmail", "Yahoo"]]];
    const run = async (start: number, end: number) =>
      (
        await exported(own, {
          source: { type: "METRICS_DATA", start: midnight(start), end: midnight(end), dimensions, metrics },
        })
      ).file;
    expect(await run(1, 2)).toBe(
      '[{"isp":"Gmail","metrics":{"SEND_VOLUME":1.0000,"DELIVERY_RATE":1.0000,"OPEN_VOLUME":0.0000,"CLICK_VOLUME":0.0000}}' +
        ',{"isp":"Yahoo","metrics":{"SEND_VOLUME":0.0000,"DELIVERY_RATE":0.0000,"OPEN_VOLUME":0.0000,"CLICK_VOLUME":0.0000}}]\n',
    );
    expect(await run(2, 3)).toContain(
      '{"SEND_VOLUME":1.0000,"DELIVERY_RATE":0.0000,"OPEN_VOLUME":1.0000,"CLICK_VOLUME":0.0000}',
    );
    // More than 60 days after sending.
    expect(await run(62, 63)).toContain('"CLICK_VOLUME":0.0000}},');
  });

  it("takes any tenant's name", async () => {
    const own = await open();
    const tenants = ["a,b", 'say "x"', "it's", "back\\slash", "line\nbreak", "NUL\0", "\ud800", "[1]", "*x"];
    await insertEvents(
      own,
      tenants.map((tenant) => sendEvent({ sentAt: midnight(1), message: { tenant } })),
    );
    const base = { type: "METRICS_DATA", start: midnight(0), end: midnight(3), metrics: [{ Name: "SEND" }] } as const;
    const listed = await exported(own, { source: stored({ ...base, dimensions: [["TENANT_NAME", tenants]] }) });
    const rows: { tenant_name: string; metrics: object }[] = JSON.parse(listed.file);
    expect(rows.map(({ tenant_name: name }) => name.toWellFormed())).toEqual(
      tenants.map((tenant) => tenant.toWellFormed()),
    );
    expect(rows.every(({ metrics }) => JSON.stringify(metrics) === '{"SEND_VOLUME":1}')).toBe(true);
    const whole = await exported(own, { source: { ...base, dimensions: [["TENANT_NAME", ["*"]]] }, format: "CSV" });
    expect(whole.exportedRecords).toBe(tenants.length);
    expect(whole.file).toContain('"say ""x""",1.0000\n');
    expect(whole.file).toContain('"line\nbreak",1.0000\n');
  });
});
