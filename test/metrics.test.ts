/**
 * The same numbers everywhere: for random histories, told in any order and more than once, while counts are stored,
 * BatchGetMetricData and exports of metrics, of volumes and of rates, answer what a count of the events gives.
 */
import { randomUUID } from "node:crypto";
import { BatchGetMetricDataCommand, CreateExportJobCommand, type Metric } from "@aws-sdk/client-sesv2";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MailEvent } from "../src/events/event.ts";
import { createMessageId } from "../src/events/message-id.ts";
import type { Database } from "../src/stores/postgres/database.ts";
import { storeCounts } from "./support/counted-ranges.ts";
import { databases } from "./support/databases.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { ask } from "./support/http-call.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { histories, sendEvent } from "./support/mail-events.ts";
import { downloadExport, endOfExport } from "./support/message-export.ts";
import { type Counted, countDaily } from "./support/metric-count.ts";
import { rateWholes } from "./support/metrics-model.ts";
import { randomNumbers } from "./support/random.ts";
import { runs } from "./support/runs.ts";

const day = 24 * 3600 * 1000;
const hour = 3_600_000;
const firstDay = Date.parse("2027-03-30T00:00:00Z");
/** Messages are sent in the two days from here; the midnight between them is not at half time. */
const firstSending = new Date(firstDay + 18 * hour);
/** What is generated for one run stays out of reach of all others: 60 days at most lie between sending and counting. */
const daysOfRun = 130;

const metricNames: Metric[] = [
  "SEND",
  "DELIVERY",
  "PERMANENT_BOUNCE",
  "TRANSIENT_BOUNCE",
  "COMPLAINT",
  "OPEN",
  "CLICK",
  "DELIVERY_OPEN",
  "DELIVERY_CLICK",
  "DELIVERY_COMPLAINT",
];

/** At once, within hours, about the last moment that counts, and by a clock that runs behind. */
const delays = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, hour, 5 * hour, 24 * hour, 3 * day) },
  { weight: 1, arbitrary: fc.constantFrom(59 * day, 60 * day - 1, 60 * day, 60 * day + 1, 61 * day) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -12 * hour) },
);

/** A message, sometimes to a second recipient whose story is another's. */
const messages = fc
  .tuple(histories(firstSending, delays), fc.option(histories(firstSending, delays)))
  .map(([own, other]): MailEvent[][] => {
    const [sent] = own;
    if (!sent || !other) return [own];
    const { messageId, sentAt } = sent;
    const alsoSent = other.map((event) => {
      const at = new Date(sentAt.getTime() + event.at.getTime() - event.sentAt.getTime());
      return { ...event, messageId, sentAt, at, recipient: `second.${event.recipient}` };
    });
    return [own, alsoSent];
  });

const dimensions = fc
  .record(
    {
      ISP: fc.constantFrom("Gmail", "Yahoo", "UNKNOWN_ISP"),
      EMAIL_IDENTITY: fc.constantFrom("example.com", "a@example.com", "b@example.org", "example.org", "none.example"),
      CONFIGURATION_SET: fc.constantFrom("set", "other"),
      TENANT_NAME: fc.constantFrom("one", "One"),
    },
    { requiredKeys: [] },
  )
  .filter((given) => [1, 2, 3].includes(Object.keys(given).length));

const anyRun = fc.record({
  told: fc.array(messages, { minLength: 1, maxLength: 60, size: "max" }).map((all) => all.flat(2)),
  seed: fc.integer(),
  startDay: fc.constantFrom(0, 1, 2, 58, 59, 60, 61),
  days: fc.constantFrom(1, 2, 30, 59, 60),
  dimensions,
});

const engines = databases.flatMap((postgres, at) => {
  const clickhouse = eventDatabases[at];
  return clickhouse ? [{ name: `${postgres.name} and ${clickhouse.kind}`, postgres, clickhouse }] : [];
});

describe.each(engines)("metrics on $name", ({ postgres, clickhouse }) => {
  let opened: Database[];
  let servers: Readonly<Record<"all" | "ses", InProcessServer>>;
  let run = 0;

  beforeAll(async () => {
    const events = await clickhouse.open();
    // Jobs of their own each, since a job is run by whichever server takes it, with the scope of that.
    opened = await Promise.all([postgres.open(), postgres.open()]);
    const [all, ses] = await Promise.all(
      (["all", "ses"] as const).map((scope, at) =>
        startInProcess({
          database: opened[at],
          events,
          environment: { MAILGLASS_KEEP_EVENT_DAYS: "0", MAILGLASS_INSIGHTS_SCOPE: scope },
        }),
      ),
    );
    if (!all || !ses) throw new Error("there are no servers");
    servers = { all, ses };
  });
  afterAll(async () => {
    await servers.ses.close();
    await servers.all.close();
    await Promise.all(opened.map((database) => database.close()));
  });

  // In parts, each of which has time to spare on a slow machine.
  it.each([1, 2, 3, 4, 5])(
    "are the same by BatchGetMetricData, by exports, and counted in the events (%d)",
    async () => {
      const property = fc.asyncProperty(anyRun, async ({ told, seed, startDay, days, dimensions }) => {
        const by = run++ * daysOfRun * day;
        const events = moved(told, by);
        await tell(servers.all, events, seed);
        const start = new Date(firstDay + by + startDay * day);
        const end = new Date(start.getTime() + days * day);
        for (const scope of ["all", "ses"] as const) {
          const counted: Counted = { start, end, dimensions, scope };
          const volumes = new Map<Metric, number>();
          const expected = metricNames.map((metric) => {
            const daily = countDaily(events, metric, counted);
            volumes.set(
              metric,
              daily.reduce((sum, [, count]) => sum + count, 0),
            );
            return daily;
          });
          expect(await seriesOf(servers[scope], counted)).toEqual(expected);
          const everywhere = { ...counted, dimensions: {} };
          expect(await seriesOf(servers[scope], everywhere)).toEqual(
            metricNames.map((metric) => countDaily(events, metric, everywhere)),
          );
          expect(await exportedOf(servers[scope], counted)).toEqual(
            Object.fromEntries(
              metricNames.flatMap((metric) => {
                const volume = volumes.get(metric) ?? 0;
                const whole = volumes.get(rateWholes[metric]) ?? 0;
                const rate = whole === 0 ? 0 : volume / whole;
                return [
                  [`${metric}_VOLUME`, volume],
                  [`${metric}_RATE`, Number(rate.toFixed(4))],
                ];
              }),
            ),
          );
        }
      });
      // Shrinking would take longer than a test may; the seed that is printed repeats the run.
      await fc.assert(property, { numRuns: runs(5), endOnFailure: true });
      expect(servers.all.logged).toEqual([]);
      expect(servers.ses.logged).toEqual([]);
    },
  );

  it("come in SES's form, with both lists even where they are empty", async () => {
    const asked = { Id: "q", Namespace: "VDM", Metric: "SEND", StartDate: 0, EndDate: 86_400 };
    const told = await ask(servers.all.app, "POST", "/v2/email/metrics/batch", { body: { Queries: [asked] } });
    expect(told.json()).toEqual({ Results: [{ Id: "q", Timestamps: [], Values: [] }], Errors: [] });
    await servers.all.outbox.record([sendEvent({ sentAt: new Date("2020-05-05T12:00:00Z") })]);
    const days = { StartDate: Date.parse("2020-05-01") / 1000, EndDate: Date.parse("2020-06-01") / 1000 };
    const counted = await ask(servers.all.app, "POST", "/v2/email/metrics/batch", {
      body: { Queries: [{ ...asked, ...days }] },
    });
    expect(counted.json()).toEqual({
      Results: [{ Id: "q", Timestamps: [Date.parse("2020-05-05") / 1000], Values: [1] }],
      Errors: [],
    });
  });
});

/** The same events, later, as events of their own. */
function moved(told: readonly MailEvent[], by: number): MailEvent[] {
  const messageIds = new Map<string, string>();
  return told.map((event) => {
    const sentAt = new Date(event.sentAt.getTime() + by);
    const messageId = messageIds.get(event.messageId) ?? createMessageId(sentAt);
    messageIds.set(event.messageId, messageId);
    return { ...event, id: randomUUID(), messageId, sentAt, at: new Date(event.at.getTime() + by) };
  });
}

/** Records events as they happen to come in: in random order, in pieces, every third of them twice. */
async function tell(server: InProcessServer, events: readonly MailEvent[], seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const all = [...events, ...events.filter(() => random() < 0.3)]
    .map((event) => ({ event, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ event }) => event);
  const half = Math.floor(all.length / 2);
  for (const part of [all.slice(0, half), all.slice(half)]) {
    const pieces: Promise<void>[] = [];
    for (let at = 0; at < part.length; at += 7) pieces.push(server.outbox.record(part.slice(at, at + 7)));
    await Promise.all(pieces);
    // The first half is moved by itself; the second may still be in the outbox when metrics are asked for.
    if (part[0] === all[0]) await server.recorder.drained();
    // Some of the counts of the first half are stored and become outdated, and some of the second.
    if (random() < 0.7)
      await storeCounts(server.events, 1 + Math.floor(random() * 12), () => server.recorder.drained());
  }
}

/** BatchGetMetricData's series of each metric. */
async function seriesOf({ client }: InProcessServer, { start, end, dimensions }: Counted): Promise<number[][][]> {
  const given = Object.keys(dimensions).length === 0 ? {} : { Dimensions: dimensions };
  const { Results = [], Errors } = await client.send(
    new BatchGetMetricDataCommand({
      Queries: metricNames.map((metric) => ({
        Id: `of ${metric}`,
        Namespace: "VDM",
        Metric: metric,
        StartDate: start,
        EndDate: end,
        ...given,
      })),
    }),
  );
  expect(Errors).toEqual([]);
  expect(Results).toHaveLength(metricNames.length);
  return metricNames.map((metric) => {
    const { Timestamps = [], Values = [] } = Results.find(({ Id }) => Id === `of ${metric}`) ?? {};
    expect(Values).toHaveLength(Timestamps.length);
    return Timestamps.map((at, index) => [at.getTime(), Values[index] ?? Number.NaN]);
  });
}

/** What exports of all metrics have for the one value of each dimension. */
async function exportedOf({ client }: InProcessServer, { start, end, dimensions }: Counted): Promise<object> {
  const columns = await Promise.all(
    (["VOLUME", "RATE"] as const).map(async (Aggregation) => {
      const { JobId = "" } = await client.send(
        new CreateExportJobCommand({
          ExportDataSource: {
            MetricsDataSource: {
              Namespace: "VDM",
              Dimensions: Object.fromEntries(Object.entries(dimensions).map(([name, value]) => [name, [value]])),
              Metrics: metricNames.map((Name) => ({ Name, Aggregation })),
              StartDate: start,
              EndDate: end,
            },
          },
          ExportDestination: { DataFormat: "JSON" },
        }),
      );
      const rows: { metrics: object }[] = JSON.parse(await downloadExport(await endOfExport(client, JobId)));
      expect(rows).toHaveLength(1);
      return rows[0]?.metrics;
    }),
  );
  return Object.assign({}, ...columns);
}
