/** `mailglass simulate` beside the engine alone, which inserts the same amount of rows that are encoded already. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { number, object } from "valibot";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { selectRows } from "../src/stores/clickhouse/select-rows.ts";
import { removeFolder, temporaryFolder } from "../test/support/server-process.ts";
import { type Figure, figureOf, median } from "./figure.ts";
import { simulateInto } from "./simulated-server.ts";

export const name = "simulate";
export const description =
  "Messages a second that `mailglass simulate` makes readable, beside the engine inserting encoded rows.";
export const defaultCount = 500_000;

const rounds = 2;
const days = 30;
const seed = 1;

/** Measures whole processes, with start and end: `count` messages each. Throws if messages can't be read afterwards. */
export async function* run(count: number): AsyncGenerator<Figure> {
  const ours: number[] = [];
  const reference: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(count / (await timeSimulate(count)));
    reference.push(count / (await timeBare(count)));
  }
  yield figureOf({
    bench: name,
    figure: "messages simulated until readable, beside encoded rows inserted",
    ours: median(ours),
    reference: median(reference),
    unit: "messages/s",
  });
}

/** Seconds of the command on an empty folder. */
async function timeSimulate(messages: number): Promise<number> {
  const dataDir = await temporaryFolder();
  try {
    const begun = performance.now();
    await simulateInto(dataDir, messages, days, seed);
    const seconds = (performance.now() - begun) / 1000;
    await checkMessages(dataDir, messages);
    return seconds;
  } finally {
    await removeFolder(dataDir);
  }
}

/** Seconds of the reference. */
async function timeBare(messages: number): Promise<number> {
  const folder = await temporaryFolder();
  try {
    const script = join(import.meta.dirname, "bare-insert.ts");
    const numbers = [messages, days, seed].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, [script, join(folder, "clickhouse"), ...numbers]);
    await checkMessages(folder, messages);
    return Number(stdout);
  } finally {
    await removeFolder(folder);
  }
}

async function checkMessages(dataDir: string, messages: number): Promise<void> {
  const events = await openEventDatabase({ folder: join(dataDir, "clickhouse") });
  try {
    const query = "SELECT toUInt32(uniqExact(message_id)) AS found FROM message_states WHERE send_seen";
    const [row] = await selectRows(events.client, object({ found: number() }), { sql: query, what: "the messages" });
    if (row?.found !== messages) throw new Error(`${row?.found} of ${messages} messages can be read`);
  } finally {
    await events.close();
  }
}
