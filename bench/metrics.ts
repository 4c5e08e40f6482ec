/**
 * Metrics over 60 days through the API, beside the bare query over all messages: an export job and BatchGetMetricData, when
 * the server has just started on new data and once the counts are stored.
 */
import { execFile } from "node:child_process";
import { cp, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BatchGetMetricDataCommand, type ExportDataSource, type Metric, type SESv2Client } from "@aws-sdk/client-sesv2";
import { outdatedRanges } from "../src/stores/clickhouse/metric-changes.ts";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { timeExport } from "./export-job.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { simulateInto, startUncapped } from "./simulated-server.ts";

export const name = "metrics";
export const description =
  "Metrics over 60 days, beside the bare query over all messages. --count messages are simulated, or BENCH_DATA names the data folder of a stopped server.";
export const defaultCount = 1_000_000;

const days = 60;
const dayMs = 24 * 3600 * 1000;
const rounds = 5;
/** How long the counts of the data may take. */
const countedWithinMs = 600_000;

/** The engine's own query over the same interval. */
const bare = (start: number, end: number) => `SELECT isp, identity,
    countIf(sent_at >= fromUnixTimestamp64Milli(${start}) AND sent_at < fromUnixTimestamp64Milli(${end})) AS sent,
    countIf(delivered_at >= fromUnixTimestamp64Milli(${start}) AND delivered_at < fromUnixTimestamp64Milli(${end})) AS delivered,
    countIf(opened_by_person_at >= fromUnixTimestamp64Milli(${start}) AND opened_by_person_at < fromUnixTimestamp64Milli(${end})) AS opened
  FROM mailglass.message_states FINAL GROUP BY isp, identity ORDER BY isp, identity`;

/** Throws if an answer has no counts, or if it changes once the counts are stored. */
export async function* run(count: number): AsyncGenerator<Figure> {
  const dataDir = await temporaryFolder();
  try {
    const given = process.env.BENCH_DATA;
    if (given) await cp(given, dataDir, { recursive: true });
    else await simulateInto(dataDir, count, days, 1);
    const messages = given ? "the given" : String(count);
    const end = Math.ceil(Date.now() / dayMs) * dayMs;
    const start = end - days * dayMs;
    const reference = await timeBare(dataDir, bare(start, end));
    const figure = (what: string, ours: number) =>
      figureOf({
        bench: name,
        figure: `${what} of ${messages} messages, beside the bare query`,
        ours,
        reference,
        unit: "s",
      });

    const first = await measure(dataDir, { start, end }, 1, false);
    yield figure("export right after the start", first.exported);
    yield figure("10 daily series right after the start", first.series);
    const stored = await measure(dataDir, { start, end }, rounds, true);
    if (stored.sum !== first.sum) throw new Error(`the stored counts have ${stored.sum} messages, not ${first.sum}`);
    yield figure("export", stored.exported);
    yield figure("10 daily series", stored.series);
  } finally {
    await removeFolder(dataDir);
  }
}

interface Period {
  start: number;
  end: number;
}

/** Median seconds; `sum` is that of all daily counts. */
async function measure(dataDir: string, { start, end }: Period, times: number, counted: boolean) {
  if (counted) await untilCounted(dataDir);
  const server = await startUncapped(dataDir);
  try {
    const client = server.client();
    const interval = { StartDate: new Date(start), EndDate: new Date(end) };
    const source: ExportDataSource = {
      MetricsDataSource: {
        ...interval,
        Namespace: "VDM",
        Dimensions: { ISP: ["*"], EMAIL_IDENTITY: ["*"] },
        Metrics: [
          { Name: "SEND", Aggregation: "VOLUME" },
          { Name: "DELIVERY", Aggregation: "VOLUME" },
          { Name: "OPEN", Aggregation: "RATE" },
        ],
      },
    };
    const exported: number[] = [];
    const series: number[] = [];
    let sum = 0;
    for (let round = 0; round < times; round++) {
      const done = await timeExport(client, source, "CSV");
      if (done.rows === 0) throw new Error("the export has no rows");
      exported.push(done.seconds);
      const begun = performance.now();
      sum = await sumOfSeries(client, interval);
      series.push((performance.now() - begun) / 1000);
    }
    return { exported: median(exported), series: median(series), sum };
  } finally {
    await server.stop();
  }
}

const metrics: readonly Metric[] = [
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

async function sumOfSeries(client: SESv2Client, interval: { StartDate: Date; EndDate: Date }): Promise<number> {
  const Queries = metrics.map((Metric) => ({ Id: Metric, Namespace: "VDM" as const, Metric, ...interval }));
  const { Results = [], Errors = [] } = await client.send(new BatchGetMetricDataCommand({ Queries }));
  if (Errors.length > 0) throw new Error(`a series failed: ${Errors[0]?.Message}`);
  const sum = Results.flatMap(({ Values = [] }) => Values).reduce((total, value) => total + value, 0);
  if (sum === 0) throw new Error("the series have no counts");
  return sum;
}

/** Runs the server in turns until all counts are stored: its event database can be read only while it is stopped. */
async function untilCounted(dataDir: string): Promise<void> {
  const deadline = performance.now() + countedWithinMs;
  while (performance.now() < deadline) {
    const server = await startUncapped(dataDir);
    await delay(30_000);
    await server.stop();
    const events = await openEventDatabase({ folder: join(dataDir, "clickhouse") });
    const left = await outdatedRanges(events, { quietSeconds: 0, againSeconds: 0, ranges: 1 });
    await events.close();
    if (left.length === 0) return;
  }
  throw new Error(`the counts were not stored within ${countedWithinMs / 1000} s`);
}

async function timeBare(dataDir: string, sql: string): Promise<number> {
  const file = join(dataDir, "bare-result");
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await runBare(dataDir, file, sql));
  if ((await stat(file)).size === 0) throw new Error("the bare query wrote nothing");
  return median(seconds);
}

function runBare(dataDir: string, file: string, sql: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = [join(import.meta.dirname, "bare-query.ts"), join(dataDir, "clickhouse"), file, "CSVWithNames"];
    const child = execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`the bare query failed: ${stderr}`, { cause: error }));
      else resolve(Number(stdout));
    });
    child.stdin?.end(sql);
  });
}
