/**
 * Notices at the start that a store was removed or exchanged. Both databases carry the installation's ID; if one is new
 * while the other is not, its contents are lost, and going on would answer requests as if they had never existed.
 */
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FastifyBaseLogger } from "fastify";
import { type Config, settings } from "../config/config.ts";
import type { EventDatabase } from "../stores/clickhouse/event-database.ts";
import { insertEventInstallation, selectEventInstallations } from "../stores/clickhouse/installation.ts";
import type { Database } from "../stores/postgres/database.ts";
import {
  deleteInstallation,
  insertInstallation,
  selectInstallation,
  updateInstallationEvents,
} from "../stores/postgres/installation.ts";

/** A store has lost its contents, or belongs to another installation. The message is for people and says what to do. */
export class LostStore extends Error {
  override name = "LostStore";
}

/**
 * Checks the data folder before anything is created in it: embedded PostgreSQL's folder is gone, but not the others.
 * @throws LostStore
 */
export function refuseLostPostgres({ dataDir, postgresUrl, acceptLoss }: Config): void {
  if (postgresUrl !== undefined || acceptLoss.includes("postgres")) return;
  if (existsSync(join(dataDir, "postgres"))) return;
  const left = ["clickhouse", "objects/mail"].filter((name) => existsSync(join(dataDir, name)));
  if (left.length === 0) return;
  const also = left.map((name) => join(dataDir, name)).join(" and ");
  throw new LostStore(
    `${join(dataDir, "postgres")} is missing, but ${also} ${left.length === 1 ? "is" : "are"} there. ${advice("postgres", join(dataDir, "postgres"))}`,
  );
}

/**
 * Checks the embedded event database before its folder is created anew.
 * @throws LostStore if the folder is gone that was marked before
 */
export async function refuseLostEvents(config: Config, database: Database): Promise<void> {
  const folder = folderOfEvents(config);
  if (config.clickhouseUrl !== undefined || existsSync(folder) || config.acceptLoss.includes("clickhouse")) return;
  if ((await selectInstallation(database))?.events === placeOfEvents(config)) {
    throw new LostStore(`${folder} is missing, but this installation has events. ${advice("clickhouse", folder)}`);
  }
}

/**
 * Checks that both databases belong to the same installation, and marks new ones.
 * @throws LostStore if one of them is new and the other is not, or if they belong to different installations
 */
export async function checkInstallation(
  config: Config,
  { database, events }: { database: Database; events: EventDatabase },
  log: Pick<FastifyBaseLogger, "warn">,
): Promise<void> {
  const { acceptLoss } = config;
  const place = placeOfEvents(config);
  const name = nameOfEvents(config);
  const newId = randomUUID();
  const isNew = await insertInstallation(database, newId);
  const installation = await selectInstallation(database);
  const id = installation?.id ?? newId;
  const before = installation?.events ?? null;
  const marked = await selectEventInstallations(events);
  if (!marked.includes(id)) {
    if (isNew && marked.length > 0 && !acceptLoss.includes("postgres")) {
      await deleteInstallation(database, id);
      throw new LostStore(
        `PostgreSQL's database is empty, but the event database at ${name} is in use by an installation. ${advice("postgres", "PostgreSQL's database")}`,
      );
    }
    if (!isNew && marked.length > 0 && !accepts(acceptLoss)) {
      throw new LostStore(
        `PostgreSQL and the event database at ${name} belong to different installations. Give each installation stores of its own, or replace both with one backup.`,
      );
    }
    if (marked.length === 0 && before === place && !acceptLoss.includes("clickhouse")) {
      throw new LostStore(
        `the event database at ${name} is empty, but this installation has events. ${advice("clickhouse", name)}`,
      );
    }
    if (marked.length === 0 && before !== null && before !== place) {
      log.warn({ before, now: place }, "the event database is a new one: events recorded before are not in it");
    }
    await insertEventInstallation(events, id);
  }
  if (before !== place) await updateInstallationEvents(database, place);
}

function accepts(loss: Config["acceptLoss"]): boolean {
  return loss.includes("postgres") || loss.includes("clickhouse");
}

/** The server, without credentials, or any folder: a data folder may be moved, and a restored one may lie elsewhere. */
function placeOfEvents({ clickhouseUrl }: Config): string {
  if (clickhouseUrl === undefined) return "folder";
  const { origin, pathname } = new URL(clickhouseUrl);
  return `${origin}${pathname}`;
}

/** The event database in messages: its folder or server. */
function nameOfEvents(config: Config): string {
  return config.clickhouseUrl === undefined ? folderOfEvents(config) : placeOfEvents(config);
}

function folderOfEvents({ dataDir }: Config): string {
  return join(dataDir, "clickhouse");
}

function advice(store: "postgres" | "clickhouse", what: string): string {
  return `Restore ${what} from a backup. To give its contents up, start once with ${settings.acceptLoss.name}=${store}.`;
}
