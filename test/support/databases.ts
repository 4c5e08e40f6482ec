/**
 * Both PostgreSQL engines, for tests that use the database:
 *
 *   describe.each(databases)("the outbox on $name", ({ open }) => { ... await open() ... })
 */
import { randomUUID } from "node:crypto";
import { openAsBlob } from "node:fs";
import pg from "pg";
import { inject } from "vitest";
import type { Database } from "../../src/stores/postgres/database.ts";
import { openEmbedded } from "../../src/stores/postgres/embedded.ts";
import { openServer } from "../../src/stores/postgres/server.ts";
import { serverTemplate } from "./postgres-engines.ts";

/** Each `open()` gives a database of its own, empty and migrated; whoever opens closes. */
export const databases: readonly { name: string; open(): Promise<Database> }[] = [
  { name: "PGlite", open: openFreshEmbedded },
  { name: "a PostgreSQL server", open: openFreshServer },
];

/** A database of its own on the server; `drop` also ends the connections that are left. */
export interface ServerDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Makes a database on the server: migrated, or with nothing in it. */
export async function createServerDatabase(content: "migrated" | "nothing"): Promise<ServerDatabase> {
  const server = await engine("server");
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
  return openEmbedded("memory://", await openAsBlob(await engine("embedded")));
}

/** Where the engine is; starts it if this is the run's first test to ask. */
async function engine(name: "server" | "embedded"): Promise<string> {
  const answer = await fetch(`${inject("postgresEngines")}/${name}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
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
