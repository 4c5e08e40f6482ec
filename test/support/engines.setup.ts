/**
 * Vitest's global setup: the engines of a test run, started when a test first asks, gone when the run ends. Test files
 * run in processes of their own, so they ask over HTTP (engines.ts); a run without store tests starts nothing.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { templateTar } from "../../src/stores/postgres/folder-template.ts";
import { migrate } from "../../src/stores/postgres/migrate.ts";
import { openServer } from "../../src/stores/postgres/server.ts";
import { launchOptions } from "./chromium.ts";
import { startClickHouse } from "./clickhouse-http-over-chdb.ts";
import { type EngineName, serverTemplate } from "./engines.ts";
import { reportMissingTools } from "./missing-tools.ts";
import { enginesVariable } from "./program.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where `GET /NAME` answers where an engine is; engines.ts has the names. */
    engines: string;
  }
}

/** What a run takes with it at its end. */
type Ends = (() => Promise<unknown>)[];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  reportMissingTools();
  const ends: Ends = [];
  // The temporary folder of all that the run starts: nothing stays behind, not even of a process that is killed.
  const folder = mkdtempSync(join(tmpdir(), "mailglass-tests-"));
  process.env.TMPDIR = folder;
  // PostgreSQL and Postfix run as users of their own, who must get through to their folders in it.
  chmodSync(folder, 0o711);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  // Vitest ends without the teardown when it is interrupted.
  process.once("exit", removeFolder);
  const engines: Record<EngineName, () => Promise<string>> = {
    postgres: startedOnce(() => startPostgres(ends)),
    pglite: startedOnce(dumpTemplate),
    clickhouse: startedOnce(async () => {
      const { url, stop } = await startClickHouse();
      ends.push(stop);
      return url;
    }),
    chromium: startedOnce(async () => {
      // Loading it takes half a second, which only a run with tests of pages should spend.
      const { chromium } = await import("playwright-core");
      const browser = await chromium.launchServer({ ...launchOptions, host: "127.0.0.1" });
      ends.push(() => browser.close());
      return browser.wsEndpoint();
    }),
    program: startedOnce(async () => (await import("./bundle-program.ts")).bundleProgram()),
  };
  const known = new Map<string, () => Promise<string>>(Object.entries(engines));
  const door = createServer((request, response) => {
    // A kept connection could be closed at the very moment that the next request goes out.
    response.setHeader("connection", "close");
    const engine = known.get((request.url ?? "").slice(1));
    if (!engine) {
      response.writeHead(404).end();
      return;
    }
    engine().then(
      (where) => response.end(where),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
    );
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const url = `http://127.0.0.1:${portOf(door)}`;
  project.provide("engines", url);
  process.env[enginesVariable] = url;
  // A whole run needs it: no test is to spend its time on waiting for it.
  if (process.env.CI === "true") engines.program().catch(() => {});
  return async () => {
    door.closeAllConnections();
    door.close();
    for (const end of ends) await end();
  };
}

function startedOnce(start: () => Promise<string>): () => Promise<string> {
  let started: Promise<string> | undefined;
  return () => {
    started ??= start();
    return started;
  };
}

async function startPostgres(ends: Ends): Promise<string> {
  const server = fork(join(import.meta.dirname, "postgres-server-process.ts"));
  const ended = once(server, "exit");
  ends.push(async () => {
    if (server.connected) server.disconnect();
    await ended;
  });
  const url = await Promise.race([
    once(server, "message").then(([told]) => String(told)),
    ended.then(([code]) => {
      throw new Error(`the process of the PostgreSQL server ended with code ${code}`);
    }),
  ]);
  const admin = new pg.Client({ connectionString: `${url}/postgres` });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${serverTemplate}`);
  await admin.end();
  const template = await openServer(`${url}/${serverTemplate}`);
  await migrate(template);
  await template.close();
  return url;
}

/** Loading a dump takes a quarter of a second, initdb and the migrations take two. */
async function dumpTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-test-embedded-"));
  const dump = join(folder, "template.tar");
  await writeFile(dump, await templateTar());
  return dump;
}

function portOf(server: { address(): string | AddressInfo | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
