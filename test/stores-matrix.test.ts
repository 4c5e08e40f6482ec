/** The same session with a client on every combination of stores that matters. */
import { CreateExportJobCommand, type SESv2Client } from "@aws-sdk/client-sesv2";
import { afterAll, describe, expect, it } from "vitest";
import { openS3 } from "../src/stores/objects/s3.ts";
import { connectMailglass } from "../src/testing/index.ts";
import { databases } from "./support/databases.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { type InProcessServer, startInProcess } from "./support/in-process-server.ts";
import { createMessageExport, downloadExport, endOfExport } from "./support/message-export.ts";
import { type S3Server, startS3Server } from "./support/s3-server.ts";
import { insightsOf, send, simple, told } from "./support/sent-mail.ts";

const [pglite, postgres] = databases;
const [chdb, clickhouse] = eventDatabases;
if (!pglite || !postgres || !chdb || !clickhouse) throw new Error("an engine is missing");

const day = 24 * 3600 * 1000;
let s3: S3Server | undefined;
afterAll(() => s3?.close());

const combinations = [
  { name: "PGlite, chDB and a folder", database: pglite, events: chdb, inBucket: false },
  { name: "PostgreSQL, chDB and a folder", database: postgres, events: chdb, inBucket: false },
  { name: "PostgreSQL, ClickHouse and S3", database: postgres, events: clickhouse, inBucket: true },
];

const outcomes = [
  { to: (n: number) => `user${n}@gmail.com`, events: [["SEND"], ["DELIVERY"]], last: "DELIVERY", isp: "Gmail" },
  { to: (n: number) => `user${n}@example.com`, events: [["SEND"], ["DELIVERY"]], last: "DELIVERY", isp: "UNKNOWN_ISP" },
  {
    to: (n: number) => `bounce+${n}@simulator.amazonses.com`,
    events: [["SEND"], ["BOUNCE", "PERMANENT", "GENERAL", expect.any(String)]],
    last: "PERMANENT_BOUNCE",
    isp: "UNKNOWN_ISP",
  },
  {
    to: (n: number) => `complaint+${n}@simulator.amazonses.com`,
    events: [["SEND"], ["DELIVERY"], ["COMPLAINT", "abuse"]],
    last: "COMPLAINT",
    isp: "UNKNOWN_ISP",
  },
];
const outcomeOf = (n: number) => outcomes[n % outcomes.length] ?? expect.fail("no outcome");
const count = 300;

describe.each(combinations)("on $name", ({ database, events, inBucket }) => {
  it("mail is sent, insights tell of it at once, and exports of both sources have all of it", async () => {
    const stores = { database: await database.open(), events: await events.open() };
    if (inBucket) s3 = await startS3Server();
    const objects = s3 && inBucket ? await openS3(s3.options) : undefined;
    const server = await startInProcess({ ...stores, ...(objects ? { objects } : {}) });
    try {
      await session(server, server.client);
      expect(server.logged).toEqual([]);
    } finally {
      await server.close();
      await objects?.close();
      await stores.database.close();
    }
  });
});

async function session(server: InProcessServer, client: SESv2Client): Promise<void> {
  const start = new Date(Date.now() - 1_000);
  const ids = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const content = { Simple: { Subject: { Data: `mail ${n} ü` }, Body: { Text: { Data: `text ${n}` } } } };
      const id = await send(server, simple({ Destination: { ToAddresses: [outcomeOf(n).to(n)] }, Content: content }));
      // At once: most of it is still in the outbox.
      expect(told(await insightsOf(server, id))).toEqual([[outcomeOf(n).to(n), outcomeOf(n).events]]);
      return id;
    }),
  );
  const end = new Date(Date.now() + 1_000);

  const job = await endOfExport(client, await createMessageExport(client, { start, end }, "JSON"));
  expect(job).toMatchObject({
    JobStatus: "COMPLETED",
    Statistics: { ProcessedRecordsCount: count, ExportedRecordsCount: count },
  });
  const rows: { messageid: string }[] = JSON.parse(await downloadExport(job));
  const byId = new Map(rows.map((row) => [row.messageid, row]));
  expect(byId.size).toBe(count);
  for (const [n, id] of ids.entries()) {
    const { to, last, isp } = outcomeOf(n);
    expect(byId.get(id)).toMatchObject({ destination: to(n), subject: `mail ${n} ü`, last_delivery_event: last, isp });
  }

  const midnight = Math.floor(start.getTime() / day) * day;
  const { JobId = "" } = await client.send(
    new CreateExportJobCommand({
      ExportDataSource: {
        MetricsDataSource: {
          Dimensions: { EMAIL_IDENTITY: ["example.com"], ISP: ["Gmail", "UNKNOWN_ISP"] },
          Namespace: "VDM",
          Metrics: [
            { Name: "SEND", Aggregation: "VOLUME" },
            { Name: "DELIVERY", Aggregation: "RATE" },
            { Name: "PERMANENT_BOUNCE", Aggregation: "VOLUME" },
          ],
          StartDate: new Date(midnight),
          EndDate: new Date(midnight + 2 * day),
        },
      },
      ExportDestination: { DataFormat: "CSV" },
    }),
  );
  expect(await downloadExport(await endOfExport(client, JobId))).toBe(
    "EMAIL_IDENTITY,ISP,SEND_VOLUME,DELIVERY_RATE,PERMANENT_BOUNCE_VOLUME\n" +
      "example.com,Gmail,75.0000,1.0000,0.0000\nexample.com,UNKNOWN_ISP,225.0000,0.6667,75.0000\n",
  );

  const { inbox } = await connectMailglass(server.url);
  for (const n of [0, 1, count - 1]) {
    expect(await inbox.get(ids[n] ?? "")).toMatchObject({ subject: `mail ${n} ü`, text: `text ${n}` });
  }
}
