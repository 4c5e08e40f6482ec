/** Opens the three configured stores, in the order that keeps out a second process. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { openSealer } from "../access/sealing/open-sealer.ts";
import type { Sealer } from "../access/sealing/sealer.ts";
import { type Config, settings } from "../config/config.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { openEventDatabase } from "../stores/clickhouse/open-event-database.ts";
import { openWhenNeeded } from "../stores/clickhouse/open-when-needed.ts";
import { isAbsence as isClickHouseAbsence, isRefusal as isClickHouseRefusal } from "../stores/clickhouse/server.ts";
import { bucketFolder } from "../stores/objects/file-location.ts";
import type { ObjectStore, OpenBucket } from "../stores/objects/object-store.ts";
import { openObjectStore } from "../stores/objects/open-object-store.ts";
import type { Database } from "../stores/postgres/database.ts";
import type { FolderOrigin } from "../stores/postgres/folder-template.ts";
import { openDatabase } from "../stores/postgres/open-database.ts";
import { isAbsence as isPostgresAbsence, isRefusal as isPostgresRefusal } from "../stores/postgres/server.ts";
import { openOnceItAnswers, type Patience } from "../stores/waiting.ts";
import { checkInstallation, refuseLostEvents, refuseLostPostgres } from "./check-installation.ts";
import { prepareDataFolder } from "./data-folder.ts";
import { endOnEngineFailure } from "./end-on-engine-failure.ts";
import { tellDamage } from "./tell-damage.ts";

export interface Stores {
  readonly database: Database;
  readonly events: EventDatabase;
  readonly objects: ObjectStore;
  /** Opens a bucket of a scope's callers: in S3, the bucket of that name, with the same access; else see `bucketFolder`. */
  readonly openBucket: OpenBucket;
  /** Encrypts secrets in the database with the installation's master key. */
  readonly sealer: Sealer;
}

/** Closes resources in reverse order of opening. */
export class Closers {
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Registers how to close a resource. */
  add(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
  }

  /** Closes everything. A failure does not stop the rest; failures are thrown at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.#closers.splice(0).reverse()) await closer().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Opens the database alone, with the sealer of its secrets; `closers` closes it. Waits for a server that does not
 * answer as long as the settings say, or until `signal` aborts. Calls `locked` once this process has the lock on the
 * database's folder, if it has one.
 */
export async function openControlStore(
  config: Config,
  log: FastifyBaseLogger,
  closers: Closers,
  { signal, locked }: { signal?: AbortSignal; locked?: () => void } = {},
): Promise<Pick<Stores, "database" | "sealer">> {
  await prepareDataFolder(config.dataDir, log);
  refuseLostPostgres(config);
  const { postgresUrl: url } = config;
  const lost = (error: Error) => log.warn({ err: error }, "a connection to PostgreSQL was lost");
  const prepared = (origin: FolderOrigin) => log.debug({ origin }, "PostgreSQL's data folder is prepared");
  const failed = endOnEngineFailure(log);
  const folder = join(config.dataDir, "postgres");
  const database = await openOnceItAnswers(
    {
      name: "PostgreSQL",
      setting: settings.postgresUrl.name,
      open: () => openDatabase(url ? { url, lost } : { folder, locked, prepared, failed }),
      isAbsence: (error) => url !== undefined && isPostgresAbsence(error),
      isRefusal: (error) => url !== undefined && isPostgresRefusal(error),
    },
    patienceOf(config, log, signal),
  );
  closers.add(() => database.close());
  const loseSealed = config.acceptLoss.includes("master-key");
  return {
    database,
    sealer: await openSealer({ database, given: config.masterKey, dataDir: config.dataDir, loseSealed }),
  };
}

/**
 * Opens the stores and waits like `openControlStore`; `closers` closes them. The event database of an `ephemeral` folder,
 * which is new and used once, is opened when it is needed: few tests ask for metrics, searches or exports.
 */
export async function openStores(
  config: Config,
  log: FastifyBaseLogger,
  closers: Closers,
  { signal, ephemeral = false }: { signal?: AbortSignal | undefined; ephemeral?: boolean } = {},
): Promise<Stores> {
  // Open the database first: it locks its folder, so a second process stops here and touches nothing. Once it has the
  // lock, the event database opens at the same time. A database server has no lock: wait until it is open.
  const locked = Promise.withResolvers<void>();
  const control = openControlStore(config, log, closers, { signal, locked: locked.resolve });
  control.then(() => locked.resolve(), locked.reject);
  const { clickhouseUrl: url } = config;
  // Only a first start has neither folder. If only this one is missing, the database knows whether it was there before.
  const folder = join(config.dataDir, "clickhouse");
  const missing = existsSync(join(config.dataDir, "postgres/PG_VERSION")) && !existsSync(folder);
  const ready = missing ? control.then(({ database }) => refuseLostEvents(config, database)) : locked.promise;
  const whenNeeded = () => openWhenNeeded(() => openEventDatabase({ folder }));
  const opening = ready.then(() =>
    ephemeral
      ? whenNeeded()
      : openOnceItAnswers(
          {
            name: "ClickHouse",
            setting: settings.clickhouseUrl.name,
            open: () => openEventDatabase(url ? { url } : { folder }),
            isAbsence: (error) => url !== undefined && isClickHouseAbsence(error),
            isRefusal: (error) => url !== undefined && isClickHouseRefusal(error),
          },
          patienceOf(config, log, signal),
        ),
  );
  // Both have ended, one way or the other, before anything is closed; the lock is given back last.
  const [opened] = await Promise.allSettled([opening, control]);
  if (opened.status === "fulfilled") closers.add(() => opened.value.close());
  const { database, sealer } = await control;
  const events = await opening;
  if (!ephemeral) await checkInstallation(config, { database, events }, log);
  await tellDamage({ database, events }, log);
  const open = (place: string | undefined) =>
    openObjectStore(
      config.s3Bucket
        ? { bucket: place ?? config.s3Bucket, region: config.s3Region, endpoint: config.s3Endpoint }
        : { folder: join(config.dataDir, "objects", place ?? ""), sync: database.kind === "server" },
    );
  const objects = await open(undefined);
  closers.add(() => objects.close());
  const buckets = new Map<string, Promise<ObjectStore>>();
  closers.add(async () => {
    for (const bucket of buckets.values()) await (await bucket).close();
  });
  const openBucket = (bucket: string, scope: number) => {
    const place = config.s3Bucket ? bucket : bucketFolder(bucket, scope);
    const opened = buckets.get(place) ?? open(place);
    buckets.set(place, opened);
    // If a bucket can't be opened, the next caller tries again.
    opened.catch(() => buckets.delete(place));
    return opened;
  };
  return { database, events, objects, openBucket, sealer };
}

function patienceOf(config: Config, log: FastifyBaseLogger, signal: AbortSignal | undefined): Patience {
  return {
    forMs: config.storesWaitSeconds * 1000,
    waiting: (store, error) => log.warn({ err: error }, `${store} does not answer yet and is waited for`),
    signal,
  };
}
