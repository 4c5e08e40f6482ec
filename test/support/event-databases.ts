/**
 * Both kinds of event database, for `describe.each(eventDatabases)`. What a test file opened and did not close is closed
 * after it.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventDatabase, EventSession } from "../../src/stores/clickhouse/event-database.ts";
import { type EventDatabaseOptions, openEventDatabase } from "../../src/stores/clickhouse/open-event-database.ts";
import { whereIs } from "./engines.ts";
import { createStorePool, type PooledStore, type StorePool } from "./store-pool.ts";

/** One of the kinds. */
export interface EventDatabaseKind {
  readonly kind: EventDatabase["kind"];
  /** What to open: an empty database that no other test uses. */
  fresh(): Promise<EventDatabaseOptions>;
  /** Opens what `options` names, or lends an empty, migrated one that nobody else has meanwhile. */
  open(options?: EventDatabaseOptions): Promise<EventDatabase>;
}

/** What the running test file has open. */
const opened = new Set<EventDatabase>();
// One folder for all: a process can open no other.
let folder: string | undefined;

const database = () => `test_${randomUUID().replaceAll("-", "")}`;

/** chDB in this process, and ClickHouse over HTTP. */
export const eventDatabases: readonly EventDatabaseKind[] = [
  kindOf("embedded", async () => ({ folder: chdbFolder(), database: database() })),
  kindOf("server", async () => ({ url: await whereIs("clickhouse"), database: database() })),
];

/** Closes what is still open; to be called after each test file. */
export async function closeEventDatabases(): Promise<void> {
  await Promise.all([...opened].map((events) => events.close()));
  opened.clear();
}

function kindOf(kind: EventDatabase["kind"], fresh: () => Promise<EventDatabaseOptions>): EventDatabaseKind {
  const pool = createStorePool(`an event database (${kind})`, async () =>
    pooled(await openEventDatabase(await fresh())),
  );
  return {
    kind,
    fresh,
    async open(options) {
      const events = options ? await openEventDatabase(options) : await lend(pool);
      opened.add(events);
      return events;
    },
  };
}

function chdbFolder(): string {
  folder ??= mkdtempSync(join(tmpdir(), "mailglass-chdb-"));
  return folder;
}

/** The tables that migrations make, and what a test that changed them leaves different. */
const schema = `SELECT arrayStringConcat(arraySort(groupArray(concat(table, '.', name, ' ', type))), ', ') AS columns
  FROM system.columns WHERE database = currentDatabase()`;

async function pooled(events: EventDatabase): Promise<PooledStore<EventDatabase>> {
  const columns = async () => {
    const answer = await events.client.query({ query: schema, format: "JSONEachRow" });
    return (await answer.json<{ columns: string }>())[0]?.columns;
  };
  const made = await columns();
  return {
    store: events,
    async empty() {
      if ((await columns()) !== made) return false;
      const tables = ["events", "message_states", "recipient_outcomes"];
      for (const table of [...tables, "metric_changes", "metric_coverage", "metric_counts"]) {
        await events.client.command({ query: `TRUNCATE ${table}` });
      }
      return true;
    },
    discard: () => events.close(),
  };
}

/** The database until it is closed; closing gives it back. */
async function lend(pool: StorePool<EventDatabase>): Promise<EventDatabase> {
  const { store, call, end } = await pool.lend();
  const sessions = new Set<EventSession>();
  return {
    kind: store.kind,
    client: store.client,
    isUnused: () => store.isUnused(),
    insertRows: (table, rows, compression) => call(() => store.insertRows(table, rows, compression)),
    async openSession() {
      const session = await call(() => store.openSession());
      sessions.add(session);
      return session;
    },
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      sessions.clear();
      await end();
    },
  };
}
