/** Both kinds of event database, for `describe.each(eventDatabases)`. What a test file opened is closed after it. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { EventDatabase } from "../../src/stores/clickhouse/event-database.ts";
import { type EventDatabaseOptions, openEventDatabase } from "../../src/stores/clickhouse/open-event-database.ts";
import { type ClickHouseStandIn, startClickHouse } from "./clickhouse-http-over-chdb.ts";

/** One of the kinds. */
export interface EventDatabaseKind {
  readonly kind: EventDatabase["kind"];
  /** What to open: an empty database that no other test uses. */
  fresh(): Promise<EventDatabaseOptions>;
  /** Opens it, or a fresh one. */
  open(options?: EventDatabaseOptions): Promise<EventDatabase>;
}

const opened: EventDatabase[] = [];
// One folder for all: a process can open no other.
let folder: Promise<string> | undefined;
let server: Promise<ClickHouseStandIn> | undefined;

afterAll(async () => {
  await Promise.all(opened.map((events) => events.close()));
  if (server) await (await server).stop();
  if (folder) await rm(await folder, { recursive: true, force: true });
});

const database = () => `test_${randomUUID().replaceAll("-", "")}`;

const embedded: EventDatabaseKind = kindOf("embedded", async () => {
  folder ??= mkdtemp(join(tmpdir(), "mailglass-chdb-"));
  return { folder: await folder, database: database() };
});

const overHttp: EventDatabaseKind = kindOf("server", async () => {
  server ??= startClickHouse();
  return { url: (await server).url, database: database() };
});

/** chDB in this process, and ClickHouse over HTTP. */
export const eventDatabases: readonly EventDatabaseKind[] = [embedded, overHttp];

function kindOf(kind: EventDatabase["kind"], fresh: () => Promise<EventDatabaseOptions>): EventDatabaseKind {
  return {
    kind,
    fresh,
    async open(options) {
      const events = await openEventDatabase(options ?? (await fresh()));
      opened.push(events);
      return events;
    },
  };
}
