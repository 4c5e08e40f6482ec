/**
 * Export jobs through the API, compared with chDB writing the same rows, unsorted as ours, into a file: message exports
 * as CSV and JSON, and metrics over 60 days; with a fifth of the messages and with all. Also the exports right after
 * four fifths were ingested, beside those after their parts have merged, and the server's peak memory.
 */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { days, type Measured, mergeAll, timeBare, timeServer } from "./export-measure.ts";
import { type Figure, figureOf } from "./figure.ts";
import { generateInto, preparedFolder } from "./generated-events.ts";
import { startUncapped } from "./simulated-server.ts";

export const name = "export";
export const description =
  "Export jobs through the API, beside chDB writing the same rows into a file; --count is the number of messages.";
export const defaultCount = 5_000_000;

const rounds = 3;
/** About 20,000 events, as the recorder inserts at a time. */
const perInsert = 8_000;

const all: readonly Measured[] = [
  { what: "CSV", rounds },
  { what: "JSON", rounds },
  { what: "metrics", rounds },
];
/** Merges run, and end: each export is measured once. */
const atOnce: readonly Measured[] = [
  { what: "CSV", rounds: 1 },
  { what: "metrics", rounds: 1 },
];

/**
 * Throws if an export lacks rows.
 * @param prepared a folder that keeps the generated data for later runs with the same count
 */
export async function* run(count: number, prepared?: string): AsyncGenerator<Figure> {
  const few = Math.floor(count / 5);
  const folder = await temporaryFolder();
  try {
    const small = join(folder, "small");
    await preparedFolder(small, { prepared, name: `export-${few}` }, async (dataDir) => {
      // Both stores must belong to one installation.
      await (await startUncapped(dataDir)).stop();
      await generateInto(dataDir, { messages: few, days: days / 5, end: daysAgo((days * 4) / 5), perInsert });
      await mergeAll(dataDir);
    });
    const large = join(folder, "large");
    await preparedFolder(large, { prepared, name: `export-${count}-ingested` }, async (dataDir) => {
      await cp(small, dataDir, { recursive: true });
      const end = daysAgo(0);
      await generateInto(dataDir, { messages: count - few, days: (days * 4) / 5, end, perInsert, first: few });
    });

    const ingested = await timeServer(large, count, atOnce);
    await mergeAll(large);
    const fewTimes = await timeServer(small, few, all);
    yield* besideBare(small, few, fewTimes);
    const times = await timeServer(large, count, all);
    yield* besideBare(large, count, times);
    for (const { what } of atOnce) {
      yield figure(
        `${what} right after ${count - few} of ${count} were ingested, beside merged`,
        ingested[what],
        times[what],
        "s",
      );
    }
    yield figure(`peak memory with ${count} messages, beside ${few}`, times.peak, fewTimes.peak, "MB");
  } finally {
    await removeFolder(folder);
  }
}

async function* besideBare(dataDir: string, messages: number, ours: Record<Measured["what"], number>) {
  for (const measured of all) {
    const bare = await timeBare(dataDir, measured);
    yield figure(`${messages} messages, ${measured.what}, beside chDB into a file`, ours[measured.what], bare, "s");
  }
}

function daysAgo(count: number): Date {
  const dayMs = 24 * 3600 * 1000;
  return new Date((Math.floor(Date.now() / dayMs) - count) * dayMs);
}

function figure(what: string, ours: number, reference: number, unit: string): Figure {
  return figureOf({ bench: name, figure: what, ours, reference, unit });
}
