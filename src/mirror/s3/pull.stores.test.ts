import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type AwsEmulator, type FilledBucket, startAwsEmulator } from "../../../test/support/aws-emulator.ts";
import { databases } from "../../../test/support/databases.ts";
import { eventDatabases } from "../../../test/support/event-databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import { type MirrorWorld, openMirrorWorld } from "../../../test/support/mirror-world.ts";
import { typicalEvents, typicalMessageId } from "../../../test/support/typical-ses-events.ts";
import { type AwsClients, createAwsClients } from "../../publishing/aws/clients.ts";
import type { EventDatabase } from "../../stores/clickhouse/event-database.ts";
import type { ScopedDatabase } from "../../stores/postgres/database.ts";
import { selectFailedMirrorFiles, selectMirrorFilesTotals } from "../../stores/postgres/mirror-files.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Pull } from "../pull-sources.ts";
import type { SettingsOf } from "../source-settings.ts";
import { type S3PullServices, startS3Pull } from "./pull.ts";

const engines = databases.map((postgres, index) => ({ ...postgres, clickhouse: eventDatabases[index] }));
/** The events of the messages with these numbers. */
const eventsOf = (...messages: number[]) => messages.flatMap((number) => typicalEvents(number));
const lines = (...messages: number[]) => `${eventsOf(...messages).join("\n")}\n`;
const wrapped = (record: string) =>
  JSON.stringify({
    ...{ attemptsMade: 4, arrivalTimestamp: 1_790_000_000_000, errorCode: "HttpEndpoint.DestinationException" },
    ...{ errorMessage: "no answer", attemptEndingTimestamp: 1_790_000_100_000 },
    rawData: Buffer.from(record).toString("base64"),
  });
const hour = (at: Date) => at.toISOString().slice(0, 13).replaceAll(/[-T]/g, "/");

describe.each(engines)("a mirror's bucket, with $name", ({ open, clickhouse }) => {
  let database: ScopedDatabase;
  let events: EventDatabase;
  let emulator: AwsEmulator;
  let clients: AwsClients;
  let world: MirrorWorld;
  let bucket: FilledBucket;
  let name: string;
  let pulls: Pull[] = [];
  let buckets = 0;

  beforeAll(async () => {
    emulator = await startAwsEmulator();
    for (const [variable, value] of Object.entries(emulator.environment)) vi.stubEnv(variable, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator.stop();
  });
  beforeEach(async () => {
    if (!clickhouse) throw new Error("there are as many engines of either store");
    [database, events] = await Promise.all([open(), clickhouse.open()]);
    clients = createAwsClients({ callWithinMs: 30_000 });
    world = await openMirrorWorld(database);
    name = `firehose-${buckets++}`;
    bucket = emulator.bucket(name);
  });
  afterEach(async () => {
    world.fail();
    await Promise.all(pulls.map((pull) => pull.stop()));
    pulls = [];
    clients.close();
    await world.close();
    await Promise.all([database.close(), events.close()]);
  });

  const sourceOf = ({ prefix = "ses/", follow = false, suppresses = false } = {}) =>
    world.source<"s3">({ kind: "s3", bucket: name, prefix, region: "us-east-1", follow }, { suppresses });
  function start(source: MirrorSource<SettingsOf<"s3">>, services: Partial<S3PullServices> = {}): Pull {
    const pull = startS3Pull(source, { ...world, events, clients, everyMs: 50, ...services });
    pulls.push(pull);
    return pull;
  }
  async function totals(source: { id: string }) {
    const found = await selectMirrorFilesTotals(database, source.id, new Date());
    if (!found) throw new Error("there are no totals");
    return found;
  }
  const failed = (source: { id: string }) => selectFailedMirrorFiles(database, source.id, { after: "", limit: 100 });
  const read = (source: { id: string }, files: number) =>
    eventually(async () => expect(await totals(source)).toMatchObject({ filesRead: files }));
  async function stored(): Promise<{ rows: number; ids: number; messages: string[] }> {
    const answer = await events.client.query({
      query: `SELECT toUInt32(count()) AS rows, toUInt32(uniqExact(id)) AS ids,
        arraySort(groupUniqArray(message_id)) AS messages FROM events`,
      format: "JSONEachRow",
    });
    const [found] = await answer.json<{ rows: number; ids: number; messages: string[] }>();
    if (!found) throw new Error("the event database did not answer");
    return found;
  }
  const ids = (...messages: number[]) => messages.map(typicalMessageId);

  it("records events from files of all formats, and sets unreadable records aside", async () => {
    await bucket.put("ses/2026/10/01/00/lines", lines(1, 2));
    await bucket.put("ses/2026/10/01/00/lines.gz", gzipSync(lines(3)));
    await bucket.put("ses/2026/10/01/00/packed", gzipSync(lines(4)));
    await bucket.put("ses/2026/10/01/00/not-packed.gz", lines(5));
    await bucket.put("ses/2026/10/01/01/two-members", Buffer.concat([gzipSync(lines(6)), gzipSync(lines(7))]));
    await bucket.put("ses/2026/10/01/01/side-by-side", eventsOf(8, 9).join(""));
    await bucket.put("ses/2026/10/01/01/indented", JSON.stringify(JSON.parse(eventsOf(10)[0] ?? ""), undefined, 2));
    await bucket.put("ses/http-endpoint-failed/2026/10/01/00/f", eventsOf(11).map(wrapped).join(""));
    await bucket.put("ses/2026/10/01/02/empty", "");
    await bucket.put("ses/2026/10/01/02/poison", `${eventsOf(12).join("\n")}\nno event\n{"a":1}\n`);
    await bucket.put("other/2026/10/01/00/lines", lines(13));
    const source = await sourceOf();
    start(source);
    await read(source, 10);
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12];
    const count = eventsOf(...all).length + 1;
    expect(await stored()).toEqual({ rows: count, ids: count, messages: ids(...all, 10).sort() });
    expect(await totals(source)).toMatchObject({ files: 10, filesFailed: 0, events: count, setAside: 2 });
    expect((await world.setAside(source.id)).map(({ text }) => text).sort()).toEqual(["no event", '{"a":1}']);
    expect(await world.committed()).toEqual([]);
    // Once all files are read, it stops: new ones are not followed.
    await eventually(() =>
      expect(world.logged.map(({ message }) => message)).toContain("all files of a mirror's bucket have been read"),
    );
  });

  it("lists the files that it can't read, and reads the others", async () => {
    await bucket.put("ses/1-parquet", "PAR1....PAR1");
    await bucket.put("ses/2-orc", "ORC....");
    await bucket.put("ses/3-zip", Buffer.from("PK\x03\x04...."));
    await bucket.put("ses/4-snappy", Buffer.from("ff060000734e61507059", "hex"));
    await bucket.put("ses/5-hadoop-snappy", Buffer.from("0000100000000200ff", "hex"));
    await bucket.put("ses/6-packed-parquet", gzipSync("PAR1....PAR1"));
    const packed = gzipSync(lines(...Array.from({ length: 2_000 }, (_, number) => number)));
    await bucket.put("ses/7-truncated", packed.subarray(0, packed.length / 2));
    await bucket.put("ses/8-good", lines(3_000));
    const source = await sourceOf();
    start(source);
    await read(source, 1);
    const files = await failed(source);
    expect(files.map(({ key }) => key)).toEqual([
      "ses/1-parquet",
      "ses/2-orc",
      "ses/3-zip",
      "ses/4-snappy",
      "ses/5-hadoop-snappy",
      "ses/6-packed-parquet",
      "ses/7-truncated",
    ]);
    const forms = files.map(({ error }) => /the format (\w+)/.exec(error)?.[1]);
    expect(forms).toEqual(["Parquet", "ORC", "ZIP", "Snappy", "binary", "Parquet", undefined]);
    expect(files.at(-1)?.error).toMatch(/damaged/);
    // The events before the damage are recorded.
    const { messages } = await stored();
    expect(messages.length).toBeGreaterThan(100);
    expect(messages).toContain(typicalMessageId(3_000));
    // The complete file, uploaded later.
    await bucket.put("ses/7-truncated", packed);
    start(source);
    await read(source, 2);
    expect((await stored()).messages.length).toBe(2_001);
    expect((await failed(source)).map(({ key }) => key)).not.toContain("ses/7-truncated");
  });

  it("reads a file once, and again if its content has changed", async () => {
    await bucket.put("ses/a", lines(1));
    await bucket.put("ses/b", lines(2));
    const source = await sourceOf({ follow: true });
    start(source);
    await read(source, 2);
    const before = await stored();
    await bucket.put("ses/a", lines(1, 3));
    await eventually(async () => expect((await stored()).messages).toEqual(ids(1, 2, 3)));
    const after = await stored();
    expect(after.ids).toBe(eventsOf(1, 2, 3).length);
    // Only the file that has changed was read again.
    expect(after.rows - before.rows).toBeLessThanOrEqual(eventsOf(1, 3).length);
    await eventually(async () => expect(await totals(source)).toMatchObject({ filesRead: 2, events: after.ids }));
  });

  it("finds new files, including late ones and those without a time in the key", async () => {
    const now = new Date();
    const early = new Date(now.getTime() - 20 * 3_600_000);
    await bucket.put(`ses/${hour(new Date(now.getTime() - 400 * 3_600_000))}/old`, lines(1));
    await bucket.put(`ses/${hour(now)}/stream-1`, lines(2));
    const source = await sourceOf({ follow: true });
    start(source);
    await read(source, 2);
    await bucket.put(`ses/${hour(early)}/late`, lines(3));
    await read(source, 3);
    await bucket.put("ses/without-a-time", lines(4));
    await read(source, 4);
    await bucket.put(`ses/${hour(now)}/stream-2`, lines(5));
    await read(source, 5);
    expect((await stored()).messages).toEqual(ids(1, 2, 3, 4, 5));
  });

  it("loses nothing and counts nothing twice if the process ends midway", async () => {
    const messages = Array.from({ length: 60 }, (_, number) => number);
    for (const number of messages) await bucket.put(`ses/${String(number).padStart(3, "0")}`, lines(number));
    const source = await sourceOf();
    let inserts = 0;
    // The first insert is stored, but this process never gets the confirmation.
    const lost: EventDatabase = {
      ...events,
      async insertRows(table, rows) {
        inserts++;
        await events.insertRows(table, rows);
        throw new Error("the process is gone");
      },
    };
    const killed = start(source, { events: lost });
    await eventually(() => expect(inserts).toBeGreaterThan(0));
    await killed.stop();
    expect(await totals(source)).toMatchObject({ filesRead: 0 });
    start(source);
    await read(source, messages.length);
    const { ids: count, messages: found } = await stored();
    expect(found).toEqual(ids(...messages));
    expect(count).toBe(eventsOf(...messages).length);
  });

  it("waits and shows the error while a database fails", async () => {
    await bucket.put("ses/a", lines(1, 2));
    const source = await sourceOf();
    let fails = true;
    const unsteady: EventDatabase = {
      ...events,
      insertRows: (table, rows) =>
        fails ? Promise.reject(new Error("the disk is full")) : events.insertRows(table, rows),
    };
    start(source, { events: unsteady });
    const error = async () => (await world.stored(source.id)).error;
    await eventually(async () => expect(await error()).toBe("Events can't be recorded: the disk is full"));
    expect(await totals(source)).toMatchObject({ filesRead: 0 });
    fails = false;
    await read(source, 1);
    await eventually(async () => expect(await error()).toBeNull());
    expect((await stored()).rows).toBe(eventsOf(1, 2).length);
  });

  it("puts events that the event database refuses into the outbox", async () => {
    await bucket.put("ses/a", lines(1));
    const source = await sourceOf();
    const refusal = Object.assign(new Error("Cannot parse"), { code: "26" });
    start(source, { events: { ...events, insertRows: () => Promise.reject(refusal) } });
    await read(source, 1);
    expect((await world.committed()).map(({ message_id }) => message_id)).toEqual(
      eventsOf(1).map(() => typicalMessageId(1)),
    );
  });

  it("sends bounces and complaints through the outbox if they are to suppress addresses", async () => {
    await bucket.put("ses/a", lines(1, 2, 29));
    const source = await sourceOf({ suppresses: true });
    start(source);
    await read(source, 1);
    expect((await world.committed()).map(({ type }) => type).sort()).toEqual(["BOUNCE", "COMPLAINT"]);
    expect((await stored()).rows).toBe(eventsOf(1, 2, 29).length - 2);
  });

  it("is read by one process at a time", async () => {
    await bucket.put("ses/a", lines(1));
    const source = await sourceOf({ follow: true });
    const first = start(source);
    await read(source, 1);
    let inserts = 0;
    const counted: EventDatabase = {
      ...events,
      insertRows: (table, rows) => {
        if (table === "events") inserts++;
        return events.insertRows(table, rows);
      },
    };
    start(source, { events: counted });
    await bucket.put("ses/b", lines(2));
    await read(source, 2);
    expect(inserts).toBe(0);
    // When it stops, the other one continues at once.
    await first.stop();
    await bucket.put("ses/c", lines(3));
    await read(source, 3);
    expect(inserts).toBe(1);
  });

  it("shows why a bucket can't be read", async () => {
    name = `${name}-missing`;
    const source = await sourceOf();
    start(source);
    await eventually(async () =>
      expect((await world.stored(source.id)).error).toBe(
        `S3 bucket ${name} does not exist: create it, or change the source`,
      ),
    );
  });
});
