/** The whole server: stores opened, roles started, HTTP listening; and all of it stopped in order. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { type Config, isLoopback } from "./config.ts";
import { createOutbox } from "./events/outbox.ts";
import { startRecorder } from "./events/recorder.ts";
import { createApp } from "./http/app.ts";
import { createDownloadSigner } from "./jobs/exports/download-url.ts";
import { startExportWorker } from "./jobs/exports/worker.ts";
import { createAccountSettings } from "./operations/account/settings.ts";
import { createHandlers } from "./operations/handlers.ts";
import { openEventDatabase } from "./stores/clickhouse/open-event-database.ts";
import { openObjectStore } from "./stores/objects/open-object-store.ts";
import { openDatabase } from "./stores/postgres/open-database.ts";
import { ownSecret } from "./stores/postgres/secrets.ts";

/** A running server. */
export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8025`. */
  readonly url: string;
  /** Finishes what is under way, then closes everything. */
  close(): Promise<void>;
}

/** Starts a server; resolves once it answers. What was opened is closed again when a later step fails. */
export async function startServer(config: Config, log: FastifyBaseLogger): Promise<Server> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await start(config, log, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  config: Config,
  log: FastifyBaseLogger,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Server> {
  const clock = () => new Date();
  await mkdir(config.dataDir, { recursive: true });
  // The database first: it locks the data folder, so that a second server stops here and touches nothing.
  const database = await openDatabase(
    config.postgresUrl ? { url: config.postgresUrl } : { folder: join(config.dataDir, "postgres") },
  );
  closers.push(() => database.close());
  const [events, objects] = await Promise.all([
    openEventDatabase(
      config.clickhouseUrl ? { url: config.clickhouseUrl } : { folder: join(config.dataDir, "clickhouse") },
    ),
    openObjectStore(
      config.s3Bucket
        ? { bucket: config.s3Bucket, region: config.s3Region, endpoint: config.s3Endpoint }
        : { folder: join(config.dataDir, "objects"), sync: database.kind === "server" },
    ),
  ]);
  closers.push(
    () => events.close(),
    () => objects.close(),
  );

  const recorder = startRecorder({ database, events, log });
  closers.push(() => recorder.stop());
  const outbox = createOutbox({ database, objects, clock, committed: recorder.wake });
  closers.push(() => outbox.idle());
  const scope = config.insightsScope;
  const worker = startExportWorker({ database, events, objects, recorder, clock, scope, log }, config.exportWorkers);
  closers.push(() => worker.stop());

  let listening = "";
  const publicUrl = () => config.publicUrl ?? listening;
  const downloads = createDownloadSigner(await ownSecret(database, "download-urls"), publicUrl);
  const settings = createAccountSettings({ database, clock });
  const handlers = createHandlers({ config, database, events, objects, outbox, worker, downloads, settings, clock });
  const app = createApp({
    handlers,
    database,
    objects,
    downloads,
    clock,
    log,
    maxBodyBytes: config.maxBodyBytes,
    health: async () => ({ status: "ok", postgres: database.kind, clickhouse: events.kind, delivery: config.delivery }),
  });
  closers.push(() => app.close());
  listening = await app.listen({ host: config.host, port: config.port });
  if (!isLoopback(config.host)) {
    log.warn(
      { host: config.host },
      "listening beyond this machine without authentication: anyone who reaches it can use it",
    );
  }
  return { url: listening, close };
}
