/**
 * Both PostgreSQL engines, for tests that use the database:
 *
 *   describe.each(databases)("the outbox on $name", ({ open }) => { ... await open() ... })
 */
import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import pg from "pg";
import { type Database, defaultScope, inScope, type ScopedDatabase } from "../../src/stores/postgres/database.ts";
import { openEmbedded } from "../../src/stores/postgres/embedded.ts";
import { openServer } from "../../src/stores/postgres/server.ts";
import { serverTemplate, whereIs } from "./engines.ts";
import { createStorePool, type PooledStore, type StorePool } from "./store-pool.ts";

/**
 * Each `open()` gives an empty, migrated database that nobody else has meanwhile, in its default scope; whoever opens
 * closes.
 */
export const databases: readonly { name: string; open(): Promise<ScopedDatabase> }[] = [
  { name: "PGlite", open: lenderOf("a PGlite database", openFreshEmbedded) },
  { name: "a PostgreSQL server", open: lenderOf("a database of the PostgreSQL server", openFreshServer) },
];

/** A database of its own on the server; `drop` also ends the connections that are left. */
export interface ServerDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Makes a database on the server: migrated, or with nothing in it. */
export async function createServerDatabase(content: "migrated" | "nothing"): Promise<ServerDatabase> {
  const server = await whereIs("postgres");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const from = content === "migrated" ? serverTemplate : "template0";
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${from}`);
  return {
    url: `${server}/${name}`,
    drop: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function openFreshServer(): Promise<Database> {
  const { url, drop } = await createServerDatabase("migrated");
  const database = await openServer(url);
  return {
    ...database,
    async close() {
      await database.close();
      await drop();
    },
  };
}

async function openFreshEmbedded(): Promise<Database> {
  return openEmbedded("memory://", { dump: await openAsBlob(await whereIs("pglite")) });
}

function lenderOf(what: string, openFresh: () => Promise<Database>): () => Promise<ScopedDatabase> {
  const pool = createStorePool(what, async () => pooled(await openFresh()));
  return async () => inScope(await lend(pool), defaultScope);
}

/** The columns of all tables: a test that changed them leaves a database that no other test may get. */
const schema = `SELECT string_agg(format('%s.%s %s', attrelid::regclass, attname, atttypid::regtype), ', ' ORDER BY attrelid, attnum) AS columns
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped`;

/** All that the migrations leave in a new database. */
const seeded = ["account", "accounts", "message_id_prefixes", "migrations", "scopes"];

async function pooled(database: Database): Promise<PooledStore<Database>> {
  const tables = await database.query<{ name: string; filled: boolean }>(
    `SELECT relname AS name, (xpath('/row/filled/text()', query_to_xml(
        format('SELECT EXISTS (SELECT FROM %I) AS filled', relname), false, true, '')))[1]::text = 'true' AS filled
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname`,
  );
  const filled = tables.flatMap(({ name, filled }) => (filled ? [name] : []));
  if (filled.join() !== seeded.join()) {
    throw new Error(`a new database has rows in ${filled.join(", ")}: emptying one must restore them`);
  }
  const toEmpty = tables.map(({ name }) => name).filter((name) => name !== "migrations");
  const [made] = await database.query<{ columns: string }>(schema);
  return {
    store: database,
    async empty() {
      const [left] = await database.query<{ columns: string }>(schema);
      if (left?.columns !== made?.columns) return false;
      await database.query(`TRUNCATE ${toEmpty.join(", ")} RESTART IDENTITY CASCADE`);
      await database.query(
        `WITH account AS (INSERT INTO accounts (id, name) VALUES ('000000000000', 'default') RETURNING id),
           scope AS (INSERT INTO scopes (account, region) SELECT id, 'us-east-1' FROM account RETURNING id)
         INSERT INTO account (scope) SELECT id FROM scope`,
      );
      await database.query("INSERT INTO message_id_prefixes VALUES ('0100')");
      return true;
    },
    discard: () => database.close(),
  };
}

/** The database until it is closed; closing gives it back. */
async function lend(pool: StorePool<Database>): Promise<Database> {
  const { store, call, end } = await pool.lend();
  return {
    kind: store.kind,
    query: (text, parameters) => call(() => store.query(text, parameters)),
    run: (text, parameters) => call(() => store.run(text, parameters)),
    texts: (text, parameters) => call(() => store.texts(text, parameters)),
    transaction: (work) => call(() => store.transaction(work)),
    close: end,
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
