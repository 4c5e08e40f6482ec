/**
 * A run of the mirror, in its own process: reads all events of an S3 or SQS source into embedded stores. Prints the
 * measurements. AWS's standard environment variables set the emulator's endpoint.
 * Usage: node mirror-run.ts DATA_FOLDER COUNT SETTINGS_OF_THE_SOURCE
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startRecorder } from "../src/events/recorder.ts";
import { isKind } from "../src/mirror/mirror-source.ts";
import { startS3Pull } from "../src/mirror/s3/pull.ts";
import { decodeSourceSettings } from "../src/mirror/source-settings.ts";
import { startSqsPull } from "../src/mirror/sqs/pull.ts";
import { createAwsClients } from "../src/publishing/aws/clients.ts";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { selectMirrorFilesTotals } from "../src/stores/postgres/mirror-files.ts";
import { openDatabase } from "../src/stores/postgres/open-database.ts";
import { openMirrorWorld } from "../test/support/mirror-world.ts";
import { startMeasuring } from "./mirror-events.ts";

const [folder = "", count = "", settings = ""] = process.argv.slice(2);
const database = await openDatabase({ folder: join(folder, "postgres") });
const events = await openEventDatabase({ folder: join(folder, "clickhouse") });
const world = await openMirrorWorld(database);
const clients = createAwsClients({ callWithinMs: 30_000 });
const source = await world.source(decodeSourceSettings(settings));
const recorder = startRecorder({ database, events, log: world.log });
// Warms up the engine, as the reference does.
await rows();
const measured = startMeasuring();
const pull = isKind(source, "s3")
  ? startS3Pull(source, { ...world, events, clients })
  : isKind(source, "sqs")
    ? startSqsPull(source, { ...world, clients })
    : undefined;
if (!pull) throw new Error("this source is not fetched");
while (!(await isDone())) await delay(100);
const run = await measured();
await pull.stop();
await recorder.stop();
if ((await rows()) < Number(count)) throw new Error(`${await rows()} of ${count} events are there`);
console.log(JSON.stringify(run));
process.exit(0);

async function isDone(): Promise<boolean> {
  const failed = world.logged.find(({ details }) => "err" in details);
  if (failed) throw new Error(failed.message, { cause: failed.details });
  if (isKind(source, "s3")) {
    const totals = await selectMirrorFilesTotals(database, source.id, new Date());
    return totals?.events === Number(count) && totals.files === totals.filesRead;
  }
  return (await rows()) >= Number(count);
}

async function rows(): Promise<number> {
  const answer = await events.client.query({
    query: "SELECT toUInt32(uniqExact(id)) AS n FROM events",
    format: "JSONEachRow",
  });
  const [found] = await answer.json<{ n: number }>();
  return found?.n ?? 0;
}
