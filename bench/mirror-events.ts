/** The events of the mirror's benchmark, and the messages between its processes. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { typicalEvents } from "../test/support/typical-ses-events.ts";
import { peakMegabytes } from "./simulated-server.ts";

/** The emulator's message to its parent. */
export interface MirrorEmulator {
  readonly endpoint: string;
  readonly queueUrls: readonly string[];
}

/** The measurements of a run. */
export interface MirrorRun {
  readonly seconds: number;
  /** Of all threads. */
  readonly processorSeconds: number;
  /** The peak memory of the process. */
  readonly megabytes: number;
}

/** Starts measuring this process; the returned function ends it and resolves to the measurements. */
export function startMeasuring(): () => Promise<MirrorRun> {
  const begun = performance.now();
  const used = process.cpuUsage();
  return async () => {
    const { user, system } = process.cpuUsage(used);
    const seconds = (performance.now() - begun) / 1_000;
    return { seconds, processorSeconds: (user + system) / 1e6, megabytes: await peakMegabytes(process.pid) };
  };
}

export const bucket = "firehose";
const eventsPerFile = 20_000;

/** The first events of typical mail. */
export function* firstEvents(count: number): Generator<string> {
  let left = count;
  for (let message = 1; left > 0; message++) {
    const events = typicalEvents(message).slice(0, left);
    yield* events;
    left -= events.length;
  }
}

/** Writes events into files of a new folder as Firehose does: one per line, compressed with gzip. */
export async function writeFiles(folder: string, count: number): Promise<void> {
  await mkdir(folder);
  const events = firstEvents(count);
  for (let first = 0, file = 0; first < count; first += eventsPerFile, file++) {
    const path = join(folder, `stream-1-${String(file).padStart(6, "0")}.gz`);
    const lines = linesOf(events, Math.min(eventsPerFile, count - first));
    await pipeline(Readable.from(lines, { objectMode: false }), createGzip(), createWriteStream(path));
  }
}

function* linesOf(events: Iterator<string>, count: number): Generator<string> {
  const linesAtATime = 500;
  for (let left = count; left > 0; left -= linesAtATime) {
    let chunk = "";
    for (let index = Math.min(left, linesAtATime); index > 0; index--) chunk += `${events.next().value}\n`;
    yield chunk;
  }
}
