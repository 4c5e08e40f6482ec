/** What the benchmarks of exports measure: export jobs of a server, and chDB writing the same rows into a file. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ExportDataSource } from "@aws-sdk/client-sesv2";
import { timeExport } from "./export-job.ts";
import { median } from "./figure.ts";
import { peakMegabytes, startUncapped } from "./simulated-server.ts";

/** A kind of export, and how often to measure it. */
export interface Measured {
  what: "CSV" | "JSON" | "metrics";
  rounds: number;
}

/** The median seconds of each kind of export, and the peak memory of the server's process in MB. */
export interface ServerTimes {
  CSV: number;
  JSON: number;
  metrics: number;
  peak: number;
}

export const dayMs = 24 * 3600 * 1000;
/** The longest interval of metrics. */
export const days = 60;

/**
 * Starts a server on the folder and measures the exports in the given order; NaN for what was not asked for. Throws if
 * an export of messages has another number of rows.
 */
export async function timeServer(dataDir: string, messages: number, asked: readonly Measured[]): Promise<ServerTimes> {
  const server = await startUncapped(dataDir);
  try {
    const client = server.client();
    const times: ServerTimes = { CSV: Number.NaN, JSON: Number.NaN, metrics: Number.NaN, peak: Number.NaN };
    for (const { what, rounds } of asked) {
      const seconds: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const done = await timeExport(client, sourceOf(what), what === "JSON" ? "JSON" : "CSV");
        if (what === "metrics" ? done.rows === 0 : done.rows !== messages) {
          throw new Error(`the export (${what}) has ${done.rows} rows of ${messages} messages`);
        }
        seconds.push(done.seconds);
      }
      times[what] = median(seconds);
    }
    return { ...times, peak: await peakMegabytes(server.pid) };
  } finally {
    await server.stop();
  }
}

function sourceOf(what: Measured["what"]): ExportDataSource {
  const end = new Date(Math.ceil(Date.now() / dayMs) * dayMs);
  if (what !== "metrics") return { MessageInsightsDataSource: { StartDate: new Date(0), EndDate: end } };
  return {
    MetricsDataSource: {
      StartDate: new Date(end.getTime() - days * dayMs),
      EndDate: end,
      Namespace: "VDM",
      Dimensions: { ISP: ["*"], EMAIL_IDENTITY: ["*"] },
      Metrics: [
        { Name: "SEND", Aggregation: "VOLUME" },
        { Name: "DELIVERY", Aggregation: "VOLUME" },
        { Name: "OPEN", Aggregation: "RATE" },
      ],
    },
  };
}

/** The same columns in the same format and order, written by the engine itself. */
const bareMessages = `SELECT message_id AS messageid, concat(toString(sent_at), ' UTC') AS sendtimestamp, toString(isp) AS isp,
  source AS fromaddress, recipient AS destination, subject,
  ['SEND', 'TRANSIENT_BOUNCE', 'PERMANENT_BOUNCE', 'UNDETERMINED_BOUNCE', 'DELIVERY', 'COMPLAINT'][bitAnd(last_delivery, 255)] AS last_delivery_event,
  ['OPEN', 'CLICK'][bitAnd(last_engagement, 255)] AS last_engagement_event,
  concat(toString(fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(last_delivery, 8), 281474976710655)), 'UTC')), ' UTC') AS last_delivery_event_timestamp,
  if(last_engagement = 0, '', concat(toString(fromUnixTimestamp64Milli(toInt64(bitAnd(bitShiftRight(last_engagement, 8), 281474976710655)), 'UTC')), ' UTC')) AS last_engagement_event_timestamp,
  upper(replaceRegexpAll(tupleElement(last_bounce, 'sub_type'), '([a-z])([A-Z])', '\\\\1_\\\\2')) AS bounce_sub_type,
  tupleElement(last_bounce, 'diagnostic') AS diagnostic_code
  FROM mailglass.message_states FINAL`;
const bareMetrics = `SELECT isp, identity, count() AS sent, countIf(delivered_at < '2199-01-01') AS delivered,
  countIf(opened_at < '2199-01-01') AS opened, countIf(open_tracked) AS trackable
  FROM mailglass.message_states FINAL GROUP BY isp, identity ORDER BY isp, identity`;

/** The median seconds that chDB takes to write the same into a file, in a process of its own, once it is warm. */
export async function timeBare(dataDir: string, { what, rounds }: Measured): Promise<number> {
  const file = join(dataDir, "bare-result");
  const sql = what === "metrics" ? bareMetrics : bareMessages;
  const seconds = await runBare(dataDir, sql, [file, what === "JSON" ? "JSONEachRow" : "CSVWithNames", String(rounds)]);
  return median(seconds);
}

/** Merges all parts of each month of a stopped server's states. */
export async function mergeAll(dataDir: string): Promise<void> {
  await runBare(dataDir, "OPTIMIZE TABLE mailglass.message_states FINAL", []);
}

async function runBare(dataDir: string, sql: string, args: readonly string[]): Promise<number[]> {
  const command = [join(import.meta.dirname, "bare-query.ts"), join(dataDir, "clickhouse"), ...args];
  const running = promisify(execFile)(process.execPath, command);
  running.child.stdin?.end(sql);
  return (await running).stdout.trim().split("\n").map(Number);
}
