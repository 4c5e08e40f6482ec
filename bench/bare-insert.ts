/**
 * The reference of `simulate`, in its own process: chDB alone inserts the rows of as many simulated messages, which are
 * encoded and compressed before the clock starts, in batches as the recorder does and into the tables that Mailglass has.
 * Usage: node bare-insert.ts FOLDER MESSAGES DAYS SEED. Prints the seconds, with opening and closing the engine.
 */
import { zstdCompressSync } from "node:zlib";
import { encodeEvent } from "../src/events/record.ts";
import { simulateTraffic } from "../src/simulation/traffic.ts";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { defaultScope } from "../src/stores/postgres/database.ts";

/** The recorder's. */
const eventsPerBatch = 50_000;
const batchesAtOnce = 2;

const [folder = "", ...numbers] = process.argv.slice(2);
const [messages = 0, days = 0, seed = 0] = numbers.map(Number);

const batches: Uint8Array[] = [];
let lines: string[] = [];
const compress = () => {
  batches.push(zstdCompressSync(lines.join("")));
  lines = [];
};
for (const events of simulateTraffic({ scope: defaultScope, messages, days, seed, until: new Date() })) {
  for (const event of events) lines.push(encodeEvent(event));
  if (lines.length >= eventsPerBatch) compress();
}
if (lines.length > 0) compress();

const begun = performance.now();
const events = await openEventDatabase({ folder });
const left = batches.values();
const insertLeft = async () => {
  for (const batch of left) await events.insertRows("events", [batch], "zstd");
};
await Promise.all(Array.from({ length: batchesAtOnce }, insertLeft));
await events.close();
console.log((performance.now() - begun) / 1000);
process.exit(0);
