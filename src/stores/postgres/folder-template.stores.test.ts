import { fork } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "./database.ts";
import { defaultScope } from "./database.ts";
import { type FolderOrigin, makeTemplate, prepareFolder, templateName } from "./folder-template.ts";
import { readMigrations } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";

let root: string;
let templates: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mailglass-test-template-"));
  templates = join(root, "templates");
  await mkdir(templates);
  await writeFile(join(templates, templateName()), await makeTemplate());
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  folder = join(await mkdtemp(join(root, "test-")), "data");
});
afterEach(() => rm(join(folder, ".."), { recursive: true, force: true }));

/** Opens a folder, does the work, closes it; what the folder was made from and what the work gave. */
async function opened<Result>(
  from: readonly string[],
  work: (database: Database) => Promise<Result>,
  where = folder,
): Promise<{ origin: FolderOrigin | undefined; result: Result }> {
  let origin: FolderOrigin | undefined;
  const database = await openDatabase({
    folder: where,
    templates: from,
    prepared: (told) => {
      origin = told;
    },
  });
  try {
    return { origin, result: await work(database) };
  } finally {
    await database.close();
  }
}

/** By which two folders can be told to come from one initdb and one run of the migrations. */
const birthOf = (database: Database) =>
  database.query<{ name: string }>(
    `SELECT name, applied_at, (SELECT system_identifier::text FROM pg_control_system()) AS cluster
     FROM migrations ORDER BY name`,
  );

test("new folders start from the template: neither initdb nor migrations run", async () => {
  const first = await opened([templates], birthOf);
  const second = await opened([templates], birthOf, `${folder}-2`);
  expect(first.origin).toBe("template");
  expect(second.origin).toBe("template");
  expect(first.result.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name));
  expect(second.result).toEqual(first.result);
});

test("the template holds no rows but those that are the same everywhere: each installation makes its own secrets", async () => {
  const { result } = await opened([templates], async (database) => {
    const tables = await database.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
    );
    const filled: string[] = [];
    for (const { name } of tables) {
      const rows = await database.query(`SELECT FROM ${name} LIMIT 1`);
      if (rows.length > 0) filled.push(name);
    }
    const account = await database.query("SELECT * FROM account");
    const accounts = await database.query("SELECT * FROM accounts");
    return { account, accounts, filled: filled.sort(), tables: tables.map(({ name }) => name) };
  });
  expect(result.tables).toContain("secrets");
  expect(result.filled).toEqual(["account", "accounts", "migrations", "scopes"]);
  expect(result.accounts).toEqual([{ id: "000000000000", name: "default", created_at: null }]);
  expect(result.account).toEqual([
    {
      scope: defaultScope,
      sending_enabled: true,
      vdm_enabled: true,
      engagement_metrics: false,
      optimized_shared_delivery: false,
      suppressed_reasons: ["BOUNCE", "COMPLAINT"],
      suppression_validation: null,
      details: null,
      dedicated_ip_auto_warmup: true,
    },
  ]);
});

test("where no template fits, the folder is made from scratch", async () => {
  const others = join(folder, "..", "others");
  await mkdir(others);
  await writeFile(join(others, "postgres-template.0123456789abcdef.tar.zst"), "of other migrations");
  const { origin, result } = await opened([others], birthOf);
  expect(origin).toBe("scratch");
  expect(result.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name));
});

test("a folder that is there keeps what it holds", async () => {
  await opened([templates], (database) => database.query("CREATE TABLE kept AS SELECT 1 AS one"));
  const again = await opened([templates], (database) => database.query("SELECT one FROM kept"));
  expect(again).toEqual({ origin: "existing", result: [{ one: 1 }] });
});

test("files of others in a folder that is no database are left alone", async () => {
  await mkdir(folder);
  await writeFile(join(folder, "notes.txt"), "not ours");
  expect(await prepareFolder(folder, [templates])).toBe("scratch");
  expect(await readdir(folder)).toEqual(["notes.txt"]);
});

test("what an unpacking left that was killed is removed, and the folder starts anew", async () => {
  await mkdir(join(folder, "base/5"), { recursive: true });
  await writeFile(join(folder, "mailglass.unpacking"), "18\n");
  await writeFile(join(folder, "base/5/1249"), "half a tab");
  await writeFile(join(folder, "base/5/999999"), "of an older template");
  const { origin, result } = await opened([templates], birthOf);
  expect(origin).toBe("template");
  expect(result.map(({ name }) => name)).toEqual(readMigrations().map(({ name }) => name));
  const names = await readdir(folder);
  expect(names).toContain("PG_VERSION");
  expect(names).not.toContain("mailglass.unpacking");
  expect(await readdir(join(folder, "base/5"))).not.toContain("999999");
});

test("a process that is killed while it unpacks leaves a folder that opens", async () => {
  await mkdir(folder);
  const begun = new Promise<void>((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (name !== "mailglass.unpacking") return;
      watcher.close();
      resolve();
    });
  });
  const child = fork(new URL("../../../test/support/database-process.ts", import.meta.url), [folder, templates]);
  const ended = once(child, "exit");
  await Promise.race([begun, ended]);
  child.kill("SIGKILL");
  expect(await ended).toEqual([null, "SIGKILL"]);
  const { result } = await opened([templates], (database) => database.query("SELECT count(*) AS count FROM outbox"));
  expect(result).toEqual([{ count: 0 }]);
});
