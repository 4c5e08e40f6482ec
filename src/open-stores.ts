/** Opens the three stores that the settings name, in the order that keeps a second process out. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config.ts";
import { masterKey } from "./sealing/master-key.ts";
import { createSealer, type Sealer } from "./sealing/sealer.ts";
import type { EventDatabase } from "./stores/clickhouse/event-database.ts";
import { openEventDatabase } from "./stores/clickhouse/open-event-database.ts";
import type { ObjectStore } from "./stores/objects/object-store.ts";
import { openObjectStore } from "./stores/objects/open-object-store.ts";
import type { Database } from "./stores/postgres/database.ts";
import { openDatabase } from "./stores/postgres/open-database.ts";

/** The open stores. */
export interface Stores {
  readonly database: Database;
  readonly events: EventDatabase;
  readonly objects: ObjectStore;
  /** The store of another bucket, with the same access; beside a folder store, a folder of that name in it. */
  readonly openBucket: (bucket: string) => Promise<ObjectStore>;
  /** Seals the secrets that lie in the database, under the installation's master key. */
  readonly sealer: Sealer;
}

/** What is closed at the end, last opened first. */
export class Closers {
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Remembers how to close something that was opened. */
  add(closer: () => Promise<unknown>): void {
    this.#closers.push(closer);
  }

  /** Closes everything; what fails does not keep the rest open, and is thrown at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const closer of this.#closers.splice(0).reverse()) await closer().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/** Opens the database alone, with what its secrets are sealed by; `closers` closes it. */
export async function openControlStore(
  config: Config,
  log: FastifyBaseLogger,
  closers: Closers,
): Promise<Pick<Stores, "database" | "sealer">> {
  await mkdir(config.dataDir, { recursive: true });
  const database = await openDatabase(
    config.postgresUrl
      ? { url: config.postgresUrl, lost: (error) => log.warn({ err: error }, "a connection to PostgreSQL was lost") }
      : { folder: join(config.dataDir, "postgres") },
  );
  closers.add(() => database.close());
  return { database, sealer: createSealer(await masterKey(config.masterKey, config.dataDir)) };
}

/** Opens the stores; `closers` closes them. */
export async function openStores(config: Config, log: FastifyBaseLogger, closers: Closers): Promise<Stores> {
  // The database first: it locks its folder, so that a second process stops here and touches nothing.
  const { database, sealer } = await openControlStore(config, log, closers);
  const events = await openEventDatabase(
    config.clickhouseUrl ? { url: config.clickhouseUrl } : { folder: join(config.dataDir, "clickhouse") },
  );
  closers.add(() => events.close());
  const open = (bucket: string | undefined) =>
    openObjectStore(
      config.s3Bucket
        ? { bucket: bucket ?? config.s3Bucket, region: config.s3Region, endpoint: config.s3Endpoint }
        : { folder: join(config.dataDir, "objects", bucket ?? ""), sync: database.kind === "server" },
    );
  const objects = await open(undefined);
  closers.add(() => objects.close());
  const buckets = new Map<string, Promise<ObjectStore>>();
  closers.add(async () => {
    for (const bucket of buckets.values()) await (await bucket).close();
  });
  const openBucket = (bucket: string) => {
    const opened = buckets.get(bucket) ?? open(bucket);
    buckets.set(bucket, opened);
    // One that can't be opened now is tried again by the next who asks.
    opened.catch(() => buckets.delete(bucket));
    return opened;
  };
  return { database, events, objects, openBucket, sealer };
}
