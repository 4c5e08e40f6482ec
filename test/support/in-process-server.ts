/** The server in this process, on stores that the test chooses and can look into; wired as src/server.ts does it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { SESv2Client } from "@aws-sdk/client-sesv2";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { readConfig } from "../../src/config.ts";
import { createOutbox, type Outbox } from "../../src/events/outbox.ts";
import { type Recorder, startRecorder } from "../../src/events/recorder.ts";
import { createApp } from "../../src/http/app.ts";
import { createDownloadSigner } from "../../src/jobs/exports/download-url.ts";
import { type ExportWorker, startExportWorker } from "../../src/jobs/exports/worker.ts";
import { createAccountSettings } from "../../src/operations/account/settings.ts";
import { createHandlers } from "../../src/operations/handlers.ts";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { openFolder } from "../../src/stores/objects/folder.ts";
import type { ObjectStore } from "../../src/stores/objects/object-store.ts";
import type { Database } from "../../src/stores/postgres/database.ts";
import { ownSecret } from "../../src/stores/postgres/secrets.ts";
import { databases } from "./databases.ts";
import { eventDatabases } from "./event-databases.ts";
import { createClient } from "./server-process.ts";

/** What to run it on; what is left out is the embedded kind, fresh. */
export interface InProcessOptions {
  /** Settings, as in the environment. */
  environment?: Readonly<Record<string, string>>;
  database?: Database;
  events?: EventDatabase;
  objects?: ObjectStore;
  clock?: () => Date;
}

/** A server that listens, with its parts. */
export interface InProcessServer {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly client: SESv2Client;
  readonly database: Database;
  readonly events: EventDatabase;
  readonly objects: ObjectStore;
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  readonly worker: ExportWorker;
  /** What was logged as an error so far. */
  readonly logged: readonly string[];
  /** Stops it, and closes the stores that it opened itself. */
  close(): Promise<void>;
}

/** Starts it. */
export async function startInProcess(options: InProcessOptions = {}): Promise<InProcessServer> {
  const config = readConfig({ MAILGLASS_PORT: "0", ...options.environment });
  const clock = options.clock ?? (() => new Date());
  const [postgres] = databases;
  const [clickhouse] = eventDatabases;
  if (!postgres || !clickhouse) throw new Error("there are no engines");
  const database = options.database ?? (await postgres.open());
  const events = options.events ?? (await clickhouse.open());
  const folder = options.objects ? undefined : await mkdtemp(join(tmpdir(), "mailglass-objects-"));
  const objects = options.objects ?? (await openFolder(folder ?? "", { sync: false }));
  const logged: string[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: "error" }, lines);

  const recorder = startRecorder({ database, events, log });
  const outbox = createOutbox({ database, objects, clock, committed: recorder.wake });
  const scope = config.insightsScope;
  const worker = startExportWorker({ database, events, objects, recorder, clock, scope, log }, config.exportWorkers);
  let listening = "";
  const downloads = createDownloadSigner(await ownSecret(database, "download-urls"), () => listening);
  const settings = createAccountSettings({ database, clock });
  const handlers = createHandlers({ config, database, events, objects, outbox, worker, downloads, settings, clock });
  const app = createApp({
    handlers,
    database,
    objects,
    outbox,
    recorder,
    downloads,
    clock,
    log,
    maxBodyBytes: config.maxBodyBytes,
    health: async () => ({}),
  });
  listening = await app.listen({ host: config.host, port: config.port });
  const client = createClient(listening);

  return {
    url: listening,
    app,
    client,
    database,
    events,
    objects,
    outbox,
    recorder,
    worker,
    logged,
    async close() {
      client.destroy();
      await app.close();
      await worker.stop();
      await outbox.idle();
      await recorder.stop();
      if (!options.database) await database.close();
      if (!options.objects) await objects.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}
