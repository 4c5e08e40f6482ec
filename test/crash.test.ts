/**
 * What a server that is killed owes its clients: everything it acknowledged, once.
 * The moments of the kills come from a seed, which is printed; CRASH_SEED=N repeats a run.
 */

import { setTimeout as delay } from "node:timers/promises";
import { GetMessageInsightsCommand, type SESv2Client } from "@aws-sdk/client-sesv2";
import PostalMime from "postal-mime";
import { number, object, string } from "valibot";
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from "vitest";
import { openEventDatabase } from "../src/stores/clickhouse/open-event-database.ts";
import { openObjectStore } from "../src/stores/objects/open-object-store.ts";
import { type AcknowledgedMail, refusalsIn, startMailLoad } from "./support/mail-load.ts";
import { createMessageExport, downloadExport, type ExportedMessage, endOfExport } from "./support/message-export.ts";
import { randomNumbers } from "./support/random.ts";
import {
  removeFolder,
  type ServerProcess,
  spawnServer,
  startServer,
  temporaryFolder,
} from "./support/server-process.ts";

const rounds = 5;
const loops = 16;
const seed = Number(process.env.CRASH_SEED ?? Math.trunc(Math.random() * 2 ** 32));
const random = randomNumbers(seed);

/** All that was acknowledged in all rounds. */
const acknowledged: AcknowledgedMail[] = [];
/** The acknowledged messages and at most those whose answer the kill cut off. */
let mostMessages = 0;
const begun = new Date(Date.now() - 1_000);
let dataDir: string;

beforeAll(async () => {
  dataDir = await temporaryFolder();
  console.log(`crash test: CRASH_SEED=${seed}`);
});
afterAll(async () => {
  console.log(`crash test: ${acknowledged.length} messages acknowledged before ${rounds} kills`);
  await removeFolder(dataDir);
});

/** Starts a server on the folder that all share; what it wrote is shown where the test fails. */
async function start(): Promise<ServerProcess> {
  const server = await startServer({ dataDir });
  onTestFailed(() => console.log(server.output()));
  return server;
}

describe("a server that is killed under load", () => {
  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    "keeps what it acknowledged (kill %d)",
    async (round) => {
      await using server = await start();
      const load = startMailLoad(server.client(), `round-${round}`, loops);
      await load.reached(1);
      await delay(random() * 800);
      const exit = await server.kill("SIGKILL");
      await load.stop();
      expect(exit.signal).toBe("SIGKILL");
      expect(refusalsIn(load.failures)).toEqual([]);
      expect(load.acknowledged.length).toBeGreaterThan(0);
      acknowledged.push(...load.acknowledged);
      mostMessages += load.acknowledged.length + load.failures.length;

      // The next start may be cut off, too.
      const cutShort = await spawnServer({ dataDir });
      await delay(random() * 1_000);
      await cutShort.kill("SIGKILL");

      await using restarted = await start();
      await expectInsights(restarted.client(), load.acknowledged);
      expect((await restarted.stop()).code).toBe(0);
    },
    180_000,
  );

  it("exports each acknowledged message once", async () => {
    expect(acknowledged.length).toBeGreaterThan(0);
    await using server = await start();
    const client = server.client();
    const job = await endOfExport(client, await createMessageExport(client, { start: begun, end: new Date() }));
    expect(job).toMatchObject({ JobStatus: "COMPLETED" });
    const rows: ExportedMessage[] = JSON.parse(await downloadExport(job));
    const exported = new Map(rows.map((row) => [`${row.messageid} ${row.destination}`, row]));
    expect(exported.size, "each row is of another message or recipient").toBe(rows.length);
    const wrong = acknowledged.flatMap(({ id, token, recipients }) =>
      recipients.filter(({ address, lastDeliveryEvent }) => {
        const row = exported.get(`${id} ${address}`);
        return row?.subject !== token || row.last_delivery_event !== lastDeliveryEvent;
      }),
    );
    expect(wrong).toEqual([]);
    expect(new Set(rows.map((row) => row.messageid)).size).toBeLessThanOrEqual(mostMessages);
    expect((await server.stop()).code).toBe(0);
  });

  it("never shows a part of an export file", async () => {
    expect(acknowledged.length).toBeGreaterThan(0);
    const end = new Date();
    await using killed = await start();
    const client = killed.client();
    // SES's limit of open jobs, at once: the kill meets jobs that run and jobs that wait.
    const jobs = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        createMessageExport(client, { start: begun, end }, n % 2 === 0 ? "JSON" : "CSV"),
      ),
    );
    const completed = () => killed.output().split('"export completed"').length - 1;
    while (completed() === 0) await delay(1);
    await delay(random() * 30);
    await killed.kill("SIGKILL");
    expect(completed(), "the kill must come before all jobs have ended").toBeLessThan(jobs.length);
    // Before a restart can tidy up: whatever is to be seen now is whole.
    const left = await exportFiles();
    for (const { text, key } of left) expect(rowsIn(text, formatOf(key)), key).toBeGreaterThan(0);
    expect(left.length).toBeGreaterThanOrEqual(completed());

    await using server = await start();
    const after = server.client();
    const ended = await Promise.all(jobs.map((id) => endOfExport(after, id)));
    for (const job of ended) {
      if (job.JobStatus === "FAILED") {
        expect(job.FailureInfo?.ErrorMessage).toMatch(/\w/);
        expect(job.ExportDestination?.S3Url).toBeUndefined();
        continue;
      }
      expect(job.JobStatus).toBe("COMPLETED");
      const rows = rowsIn(await downloadExport(job), job.ExportDestination?.DataFormat);
      expect(rows).toBe(job.Statistics?.ExportedRecordsCount);
      expect(rows).toBeGreaterThanOrEqual(acknowledged.length);
    }
    expect((await server.stop()).code).toBe(0);

    const files = (await exportFiles()).map(({ key }) => key.split("/")[1] ?? "");
    // The job of the test before has a file, too.
    expect(files.filter((id) => jobs.includes(id)).sort()).toEqual(
      ended
        .filter((job) => job.JobStatus === "COMPLETED")
        .map((job) => job.JobId)
        .sort(),
    );
  });

  it("has each event once and each message's mail, whole", async () => {
    expect(acknowledged.length).toBeGreaterThan(0);
    const events = await openEventDatabase({ folder: `${dataDir}/clickhouse` });
    const objects = await openObjectStore({ folder: `${dataDir}/objects`, sync: false });
    const session = await events.openSession();
    try {
      const told = new Map<string, string[]>();
      const mail = new Map<string, { key: string; offset: number; length: number }>();
      const eventRow = object({
        id: string(),
        to: string(),
        type: string(),
        key: string(),
        offset: number(),
        length: number(),
      });
      const rows = session.rows(eventRow, {
        sql: `SELECT message_id AS id, recipient AS to, toString(type) AS type, object_key AS key,
                toUInt32(object_offset) AS offset, toUInt32(object_length) AS length
              FROM events FINAL ORDER BY id, to, type`,
      });
      for await (const { id, to, type, key, offset, length } of rows) {
        told.set(`${id} ${to}`, [...(told.get(`${id} ${to}`) ?? []), type]);
        if (type === "SEND") mail.set(id, { key, offset, length });
      }
      for (const { id, token, recipients } of acknowledged) {
        for (const { address, events: expected } of recipients) expect(told.get(`${id} ${address}`)).toEqual(expected);
        const { key = "", ...range } = mail.get(id) ?? { offset: 0, length: 0 };
        const stream = await objects.read(key, range);
        const mime = Buffer.concat((await stream?.toArray()) ?? []);
        expect(mime.length).toBe(range.length);
        const parsed = await PostalMime.parse(mime);
        expect(parsed.subject).toBe(token);
        expect(parsed.text?.trimEnd().endsWith(`The end of ${token}.`), `the text of ${token}`).toBe(true);
      }
    } finally {
      await session.close();
      await events.close();
      await objects.close();
    }
  });
});

/** GetMessageInsights for each message, a few at a time: every recipient with its events, each once. */
async function expectInsights(client: SESv2Client, messages: readonly AcknowledgedMail[]): Promise<void> {
  const waiting = messages.values();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const { id, token, recipients } of waiting) {
        const insights = await client.send(new GetMessageInsightsCommand({ MessageId: id }));
        expect(insights.Subject).toBe(token);
        const found = insights.Insights?.map(({ Destination: address, Events: events = [] }) => ({
          address,
          events: events.map((event) => event.Type).sort(),
        }));
        expect(found).toEqual(recipients.map(({ address, events }) => ({ address, events })));
      }
    }),
  );
}

/** The export files that are to be seen in the object store. */
async function exportFiles(): Promise<{ key: string; text: string }[]> {
  const objects = await openObjectStore({ folder: `${dataDir}/objects`, sync: false });
  const files: { key: string; text: string }[] = [];
  for await (const { key } of objects.list("exports/")) {
    const stream = await objects.read(key);
    files.push({ key, text: Buffer.concat((await stream?.toArray()) ?? []).toString("utf8") });
  }
  await objects.close();
  return files;
}

function formatOf(key: string): "CSV" | "JSON" {
  return key.endsWith(".json") ? "JSON" : "CSV";
}

/** The rows of a file; throws where it is not whole. */
function rowsIn(text: string, format: string | undefined): number {
  if (format === "JSON") {
    const rows: unknown[] = JSON.parse(text);
    return rows.length;
  }
  // No field of this load has a line end in it.
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new Error("the file ends within a line");
  const columns = lines[0]?.split('","').length;
  for (const line of lines) {
    if (!line.startsWith('"') || !line.endsWith('",') || line.split('","').length !== columns) {
      throw new Error(`not a whole row: ${line}`);
    }
  }
  return lines.length - 1;
}
