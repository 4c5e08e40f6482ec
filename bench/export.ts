/**
 * Export jobs through the API, compared with chDB writing the same rows directly to a file: 1,000,000 messages as CSV
 * and JSON, metrics over 60 days, and the server's peak memory with 1 and with 4 million messages.
 */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ExportDataSource } from "@aws-sdk/client-sesv2";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { timeExport } from "./export-job.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { peakMegabytes, simulateInto, startUncapped } from "./simulated-server.ts";

export const name = "export";
export const description =
  "Export jobs of 1,000,000 messages through the API, beside the same rows written by chDB straight into a file.";

const messages = Number(process.env.BENCH_MESSAGES ?? 1_000_000);
const days = 60;
const rounds = 3;
const dayMs = 24 * 3600 * 1000;

/** The same columns in the same format, written by the engine itself. */
const bareColumns = `message_id AS messageid, concat(toString(sent_at), ' UTC') AS sendtimestamp, toString(isp) AS isp,
  source AS fromaddress, recipient AS destination, subject,
  ['SEND', 'TRANSIENT_BOUNCE', 'PERMANENT_BOUNCE', 'UNDETERMINED_BOUNCE', 'DELIVERY', 'COMPLAINT'][bitAnd(last_delivery, 255)] AS last_delivery_event,
  ['OPEN', 'CLICK'][bitAnd(last_engagement, 255)] AS last_engagement_event,
  concat(toString(fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(last_delivery, 8), 281474976710655)), 'UTC')), ' UTC') AS last_delivery_event_timestamp,
  if(last_engagement = 0, '', concat(toString(fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(last_engagement, 8), 281474976710655)), 'UTC')), ' UTC')) AS last_engagement_event_timestamp,
  upper(replaceRegexpAll(last_bounce.sub_type, '([a-z])([A-Z])', '\\\\1_\\\\2')) AS bounce_sub_type,
  last_bounce.diagnostic AS diagnostic_code`;
const bareMessages = `SELECT ${bareColumns} FROM mailglass.message_states FINAL ORDER BY message_id, recipient`;
const bareMetrics = `SELECT isp, identity, count() AS sent, countIf(delivered_at < '2199-01-01') AS delivered,
  countIf(opened_at < '2199-01-01') AS opened, countIf(open_tracked) AS trackable
  FROM mailglass.message_states FINAL GROUP BY isp, identity ORDER BY isp, identity`;

/** Throws if an export lacks rows. */
export async function* run(): AsyncGenerator<Figure> {
  const dataDir = await temporaryFolder();
  try {
    await simulateInto(dataDir, messages, days, 1);
    const ours = await timeOurs(dataDir);
    for (const [format, what] of [
      ["CSV", "CSVWithNames"],
      ["JSON", "JSONEachRow"],
    ] as const) {
      const bare = await timeBare(dataDir, bareMessages, what);
      yield figure(`${messages} messages as ${format}, beside chDB into a file`, ours[format], bare, "s");
    }
    const bare = await timeBare(dataDir, bareMetrics, "CSVWithNames");
    yield figure(`metrics of ${messages} messages over 60 days, beside the bare query`, ours.metrics, bare, "s");

    await simulateInto(dataDir, 3 * messages, days, 2);
    const larger = await timeOurs(dataDir, 1);
    yield figure(
      `peak memory with ${4 * messages} messages, beside that with ${messages}`,
      larger.peak,
      ours.peak,
      "MB",
    );
    yield figure(`${4 * messages} messages as CSV, beside ${messages}`, larger.CSV, ours.CSV, "s");
  } finally {
    await removeFolder(dataDir);
  }
}

function figure(what: string, ours: number, reference: number, unit: string): Figure {
  return figureOf({ bench: name, figure: what, ours, reference, unit });
}

async function timeOurs(dataDir: string, times = rounds) {
  const server = await startUncapped(dataDir);
  try {
    const client = server.client();
    const end = new Date(Math.ceil(Date.now() / dayMs) * dayMs);
    const interval = { StartDate: new Date(end.getTime() - days * dayMs), EndDate: end };
    const wide = { StartDate: new Date(0), EndDate: end };
    const metrics: ExportDataSource = {
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
    const repeat = async (source: ExportDataSource, format: "CSV" | "JSON", rows: number) => {
      const seconds: number[] = [];
      for (let round = 0; round < times; round++) {
        const done = await timeExport(client, source, format);
        if (done.rows < rows) throw new Error(`the export has ${done.rows} rows, not ${rows}`);
        seconds.push(done.seconds);
      }
      return median(seconds);
    };
    const all = { MessageInsightsDataSource: wide };
    const csv = await repeat(all, "CSV", messages);
    const json = await repeat(all, "JSON", messages);
    return { CSV: csv, JSON: json, metrics: await repeat(metrics, "CSV", 1), peak: await peakMegabytes(server.pid) };
  } finally {
    await server.stop();
  }
}

async function timeBare(dataDir: string, sql: string, format: string): Promise<number> {
  const file = join(dataDir, "bare-result");
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await runBare(dataDir, file, sql, format));
  if ((await stat(file)).size === 0) throw new Error("the bare query wrote nothing");
  return median(seconds);
}

function runBare(dataDir: string, file: string, sql: string, format: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const args = [join(import.meta.dirname, "bare-query.ts"), join(dataDir, "clickhouse"), file, format];
    const child = execFile(process.execPath, args, (error, stdout, stderr) => {
      if (error) reject(new Error(`the bare query failed: ${stderr}`, { cause: error }));
      else resolve(Number(stdout));
    });
    child.stdin?.end(sql);
  });
}
