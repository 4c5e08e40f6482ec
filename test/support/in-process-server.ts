/** The server in this process, on stores that the test chooses and can look into. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { SESv2Client } from "@aws-sdk/client-sesv2";
import { pino } from "pino";
import { createSealer } from "../../src/access/sealing/sealer.ts";
import { openScopes } from "../../src/accounts/scopes.ts";
import { readConfig } from "../../src/config/config.ts";
import { Closers, type Stores } from "../../src/server/open-stores.ts";
import { type Roles, startRoles } from "../../src/server/start-server.ts";
import { bucketFolder } from "../../src/stores/objects/file-location.ts";
import { openFolder } from "../../src/stores/objects/folder.ts";
import { databases } from "./databases.ts";
import { eventDatabases } from "./event-databases.ts";
import { createClient } from "./server-process.ts";

/** What to run it on; what is left out is the embedded kind, fresh. */
export interface InProcessOptions extends Partial<Stores> {
  /** Settings, as in the environment. */
  environment?: Readonly<Record<string, string>>;
  clock?: () => Date;
}

/** A server that listens, with its parts. */
export interface InProcessServer extends Roles, Stores {
  readonly client: SESv2Client;
  /** What was logged as an error so far. */
  readonly logged: readonly string[];
  /** Stops it, and closes the stores that it opened itself. */
  close(): Promise<void>;
}

/** One for all, so that servers that share a database open each other's secrets. */
const testMasterKey = Buffer.alloc(32, "mailglass tests");

/** Starts it. */
export async function startInProcess(options: InProcessOptions = {}): Promise<InProcessServer> {
  const config = readConfig({
    MAILGLASS_PORT: "0",
    MAILGLASS_SMTP_PORT: "off",
    MAILGLASS_BOUNCE_PORT: "0",
    ...options.environment,
  });
  const clock = options.clock ?? (() => new Date());
  const [postgres] = databases;
  const [clickhouse] = eventDatabases;
  if (!postgres || !clickhouse) throw new Error("there are no engines");
  const database = options.database ?? (await postgres.open());
  const events = options.events ?? (await clickhouse.open());
  const folder = options.objects ? undefined : await mkdtemp(join(tmpdir(), "mailglass-objects-"));
  const objects = options.objects ?? (await openFolder(folder ?? "", { sync: false }));
  const openBucket =
    options.openBucket ??
    ((bucket: string, scope: number) =>
      openFolder(join(folder ?? tmpdir(), bucketFolder(bucket, scope)), { sync: false }));
  const sealer = options.sealer ?? createSealer(config.masterKey ?? testMasterKey);
  const logged: string[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: "error" }, lines);

  const closers = new Closers();
  const roles = await startRoles(
    {
      config,
      scopes: await openScopes(database, config),
      stores: { database, events, objects, openBucket, sealer },
      log,
      clock,
      steadyClock: clock,
    },
    closers,
  );
  const client = createClient(roles.url);

  return {
    ...roles,
    client,
    database,
    events,
    objects,
    openBucket,
    sealer,
    logged,
    async close() {
      client.destroy();
      await closers.close();
      if (!options.database) await database.close();
      if (!options.objects) await objects.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}
