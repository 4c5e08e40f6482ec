/** Stores of the version before accounts and regions: this version finds everything in the default account and region. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SESv2 } from "@aws-sdk/client-sesv2";
import { describe, expect, it } from "vitest";
import { outboxRowsOf } from "../src/events/commit-rows.ts";
import { bucketFolder } from "../src/stores/objects/file-location.ts";
import { openFolder } from "../src/stores/objects/folder.ts";
import type { Database } from "../src/stores/postgres/database.ts";
import { openEmbedded } from "../src/stores/postgres/embedded.ts";
import { migrate } from "../src/stores/postgres/migrate.ts";
import { insertOutboxRows } from "../src/stores/postgres/outbox.ts";
import { openServer } from "../src/stores/postgres/server.ts";
import { signedCall } from "./support/admin-caller.ts";
import { createServerDatabase, databases } from "./support/databases.ts";
import { eventDatabases } from "./support/event-databases.ts";
import { eventually } from "./support/eventually.ts";
import { startInProcess } from "./support/in-process-server.ts";
import { viewOf } from "./support/isolation-views.ts";
import { type Actor, fill, names } from "./support/isolation-world.ts";
import { createKey } from "./support/keys-of.ts";
import { openEvent } from "./support/mail-events.ts";
import { fillOlderDatabase, fillOlderEvents } from "./support/older-stores.ts";
import { startReceivingServer } from "./support/receiving-server.ts";
import { simple } from "./support/sent-mail.ts";
import { startWebhookReceiver } from "./support/webhook-receiver.ts";

const engines: { name: string; empty(): Promise<Database> }[] = [
  { name: "a folder's PGlite", empty: () => openEmbedded("memory://") },
  {
    name: "a PostgreSQL server",
    async empty() {
      const { url, drop } = await createServerDatabase("nothing");
      const database = await openServer(url);
      const close = async () => {
        await database.close();
        await drop();
      };
      return { ...database, close };
    },
  },
];

/** Tables for things that only last for moments. */
const transient = [
  "ended_sessions",
  "import_failures",
  "leases",
  "publication_batches",
  "queue_workers",
  "sending_hours",
];

describe.each(engines.map((engine, index) => ({ ...engine, index })))(
  "an older version's $name",
  ({ index, empty }) => {
    it("is in the default account and region, and goes on", async () => {
      const [postgres, clickhouse] = [databases[index], eventDatabases[index]];
      if (!postgres || !clickhouse) throw new Error("there are two engines of each");
      const [folder, database, events] = [
        await mkdtemp(join(tmpdir(), "mailglass-upgrade-")),
        await postgres.open(),
        await clickhouse.open(),
      ];
      const objects = await openFolder(folder, { sync: false });
      const openBucket = (bucket: string, scope: number) =>
        openFolder(join(folder, bucketFolder(bucket, scope)), { sync: false });
      await using relay = await startReceivingServer();
      await using receiver = await startWebhookReceiver();
      relay.rcpt = () => "451 4.3.0 Later";
      const environment = {
        MAILGLASS_AUTH: "required",
        MAILGLASS_RATE_LIMITS: "off",
        MAILGLASS_IDENTITY_VERIFICATION: "off",
        MAILGLASS_DELIVERY: "relay",
        MAILGLASS_RELAY_URL: `smtp://127.0.0.1:${relay.port}`,
        MAILGLASS_WEBHOOK_PRIVATE_DESTINATIONS: "allow",
        MAILGLASS_IMPORT_WORKERS: "0",
        MAILGLASS_EXPORT_WORKERS: "0",
      };
      const before = await startInProcess({ database, events, objects, openBucket, environment });
      const key = await createKey(before, new Date());
      const actorOn = ({ url }: { url: string }, on: Parameters<typeof signedCall>[0]): Actor => ({
        marker: "before",
        account: "000000000000",
        region: "us-east-1",
        client: new SESv2({ endpoint: url, region: "us-east-1", credentials: key, maxAttempts: 1 }),
        admin: (method, path, content) => signedCall(on, key, path, { method, content }),
        ids: { message: [], export: [], import: [], webhook: [], tenant: [], token: [], file: [], link: [] },
      });
      const past = actorOn(before, before);
      await fill(past, receiver.url);
      await past.client.putEmailIdentityMailFromAttributes({
        EmailIdentity: "example.com",
        MailFromDomain: "m.example.com",
      });
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
      await past.client.putEmailIdentityDkimSigningAttributes({
        EmailIdentity: "example.com",
        SigningAttributesOrigin: "EXTERNAL",
        SigningAttributes: {
          DomainSigningSelector: "past",
          DomainSigningPrivateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
        },
      });
      // As if its record had been found.
      await database.query("UPDATE dkim_keys SET status = 'SUCCESS', succeeded_at = now(), since = now()");
      const place = await past.admin("POST", "/admin/uploads", { bucket: "lists", key: "a.csv" });
      await fetch(JSON.parse(place.text).url, { method: "PUT", body: "imported@example.org,BOUNCE\n" });
      const day = 86_400_000;
      const interval = { StartDate: new Date(Date.now() - day), EndDate: new Date(Date.now() + day) };
      const { JobId: exportId = "" } = await past.client.createExportJob({
        ExportDataSource: { MessageInsightsDataSource: interval },
        ExportDestination: { DataFormat: "CSV" },
      });
      const { JobId: importId = "" } = await past.client.createImportJob({
        ImportDestination: { SuppressionListDestination: { SuppressionListImportAction: "PUT" } },
        ImportDataSource: { S3Url: "s3://lists/a.csv", DataFormat: "CSV" },
      });
      const { MessageId: id = "" } = await past.client.sendEmail(simple({ ConfigurationSetName: names.some }));
      past.ids.message.push(id);
      await eventually(async () => expect(receiver.received.some(({ body }) => body.includes(id))).toBe(true));
      await before.recorder.drained();
      await before.close();
      past.client.destroy();
      // As if its record had been found; it is not looked for again.
      await database.query(
        "UPDATE dkim_keys SET status = 'SUCCESS', succeeded_at = now(), next_check_at = now() + interval '1 day'",
      );
      // Committed, and not recorded yet.
      const [recipient, sentAt] = ["user@gmail.com", new Date()];
      const opened = openEvent({ messageId: id, recipient, sentAt, at: new Date() });
      const facts = { recipients: new Map(), now: new Date(), interest: undefined };
      await insertOutboxRows(database, await outboxRowsOf([{ events: [opened], origin: undefined }], facts));

      const [older, olderEvents] = [await empty(), await clickhouse.open(await clickhouse.fresh())];
      const without = await fillOlderDatabase(older, database);
      expect(without.filter((table) => !transient.includes(table))).toEqual(["installation"]);
      await migrate(older);
      await fillOlderEvents(olderEvents, events);
      const workers = { MAILGLASS_IMPORT_WORKERS: "1", MAILGLASS_EXPORT_WORKERS: "1" };
      relay.rcpt = () => undefined;
      const after = await startInProcess({
        database: older,
        events: olderEvents,
        objects,
        openBucket,
        environment: { ...environment, ...workers },
      });
      try {
        const now = { ...actorOn(after, after), ids: past.ids };
        const { client } = now;
        // Jobs go on, and the queue delivers.
        await eventually(async () => {
          expect((await client.getExportJob({ JobId: exportId })).JobStatus).toBe("COMPLETED");
          expect((await client.getImportJob({ JobId: importId })).JobStatus).toBe("COMPLETED");
        });
        await after.database.query("UPDATE send_queue SET state = 'due', due_at = NULL WHERE state = 'waiting'");
        await eventually(async () => expect(relay.taken).toHaveLength(1));
        await eventually(async () => {
          const { Insights } = await client.getMessageInsights({ MessageId: id });
          const types = Insights?.flatMap(({ Events }) => Events?.map(({ Type }) => Type));
          expect(types).toEqual(expect.arrayContaining(["SEND", "OPEN", "DELIVERY"]));
        });
        // With the key that was sealed before.
        expect(relay.taken[0]?.mime.toString()).toMatch(/^DKIM-Signature: [^;]*;[\s\S]* d=example\.com;/m);
        const suppressed = await client.listSuppressedDestinations({});
        const addresses = suppressed.SuppressedDestinationSummaries?.map(({ EmailAddress }) => EmailAddress);
        expect(addresses).toEqual(["before@example.org", "imported@example.org"]);
        // In another case: sending compares addresses without regard to it.
        const Destination = { ToAddresses: ["BEFORE@example.org"] };
        const { MessageId: refused = "" } = await client.sendEmail(simple({ Destination }));
        const insights = await client.getMessageInsights({ MessageId: refused });
        expect(JSON.stringify(insights.Insights)).toContain("ON_ACCOUNT_SUPPRESSION_LIST");
        // What the older version published can be published again.
        receiver.received.length = 0;
        const [webhook = ""] = past.ids.webhook;
        const period = { from: interval.StartDate.toISOString(), to: interval.EndDate.toISOString() };
        expect((await now.admin("POST", `/admin/webhooks/${webhook}/resend`, period)).status).toBe(202);
        await eventually(async () => expect(receiver.received.some(({ body }) => body.includes(id))).toBe(true));
        const view = await viewOf(now);
        const refusals = Object.entries(view).filter(
          ([name, answer]) => !/other|tenants of contact-list/.test(name) && /^\w*(Exception|4\d\d )/.test(answer),
        );
        // What the older version's world did not have, either.
        const absent = ["a@example.com", "a@example.net", "b@example.net"].flatMap((address) => [
          `identity ${address}`,
          `notifications ${address}`,
        ]);
        const types = ["custom-verification-email-template", "dedicated-ip-pool"];
        const untagged = types.flatMap((type) => [`tags ${type}/same`, `tenants of ${type}/same`]);
        expect(refusals.map(([name]) => name)).toEqual(["verification same", ...absent, ...untagged]);
        expect(view["/admin/messages"]).toContain(id);
        expect(view.metrics).toContain('"Values":[2]');
        expect(view.tenants).toContain('"t1"');
        const scopes = await older.query("SELECT id, account, region FROM scopes");
        expect(scopes).toEqual([{ id: 1, account: "000000000000", region: "us-east-1" }]);
        expect(after.logged).toEqual([]);
        client.destroy();
      } finally {
        await after.close();
        await older.close();
        await olderEvents.close();
        await database.close();
        await events.close();
        await objects.close();
        await rm(folder, { recursive: true });
      }
    });
  },
);
