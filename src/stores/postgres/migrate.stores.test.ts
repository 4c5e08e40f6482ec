import { copyFile, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServerDatabase } from "../../../test/support/databases.ts";
import { type Database, defaultScope, inScope } from "./database.ts";
import { openEmbedded } from "./embedded.ts";
import { selectIdentity } from "./identities.ts";
import { MigrationError, migrate } from "./migrate.ts";
import { openDatabase } from "./open-database.ts";
import { openServer } from "./server.ts";

/** Made once: initdb takes two seconds of processor time. */
let embedded: Database | undefined;
afterAll(() => embedded?.close());

const emptyDatabases: { name: string; open(): Promise<Database> }[] = [
  {
    name: "PGlite",
    async open() {
      embedded ??= await openEmbedded("memory://");
      await embedded.query("DROP SCHEMA public CASCADE");
      await embedded.query("CREATE SCHEMA public");
      return { ...embedded, close: async () => {} };
    },
  },
  {
    name: "a PostgreSQL server",
    async open() {
      const { url, drop } = await createServerDatabase("nothing");
      const database = await openServer(url);
      return {
        ...database,
        async close() {
          await database.close();
          await drop();
        },
      };
    },
  },
];

describe.each(emptyDatabases)("migrations of $name", ({ open }) => {
  let database: Database;
  let path: string;
  let folder: URL;

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), "mailglass-test-migrations-"));
    folder = pathToFileURL(`${path}/`);
    database = await open();
  });
  afterEach(async () => {
    await database.close();
    await rm(path, { recursive: true });
  });

  const applied = () => database.query("SELECT name FROM migrations ORDER BY name");

  test("identities from before they had to prove anything stay, domains with a key still to be made", async () => {
    const own = new URL("./migrations/", import.meta.url);
    for (const name of await readdir(own)) {
      if (name < "0008") await copyFile(new URL(name, own), new URL(name, folder));
    }
    await migrate(database, folder);
    await database.query(
      `INSERT INTO email_identities (name, type, next_signing_key_length, tags)
       VALUES ('a.test', 'DOMAIN', 'RSA_1024_BIT', '[]'), ('b.test', 'DOMAIN', NULL, '[]'), ('c@a.test', 'EMAIL_ADDRESS', NULL, '[]')`,
    );
    await migrate(database);
    const scoped = inScope(database, defaultScope);
    const pending = {
      status: "PENDING",
      origin: "AWS_SES",
      publicKey: null,
      selector: expect.stringMatching(/^\w{32}$/),
    };
    expect((await selectIdentity(scoped, "a.test"))?.dkim).toMatchObject({ ...pending, bits: 1024 });
    expect((await selectIdentity(scoped, "b.test"))?.dkim).toMatchObject({ ...pending, bits: 2048 });
    expect(await selectIdentity(scoped, "c@a.test")).toMatchObject({ provenAt: null, feedbackForwarding: true });
  });

  test("our own apply, and a second time do nothing", async () => {
    await migrate(database);
    const before = await database.query("SELECT * FROM migrations");
    expect(before).toContainEqual({
      name: "0001-outbox.sql",
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
      applied_at: expect.any(Date),
    });
    await migrate(database);
    expect(await database.query("SELECT * FROM migrations")).toEqual(before);
    expect(await database.query("SELECT * FROM outbox")).toEqual([]);
  });

  test("apply in the order of names, with several statements in a file, and only files of SQL", async () => {
    await writeFile(
      join(path, "0002-fill.sql"),
      "INSERT INTO colours VALUES ('red');\n\nINSERT INTO colours\nVALUES ('a;b');\n",
    );
    await writeFile(join(path, "0001-colours.sql"), "-- Colours.\nCREATE TABLE colours (name text);\n");
    await writeFile(join(path, "readme.md"), "no SQL");
    await migrate(database, folder);
    expect(await applied()).toEqual([{ name: "0001-colours.sql" }, { name: "0002-fill.sql" }]);
    expect(await database.query("SELECT name FROM colours ORDER BY name")).toEqual([{ name: "a;b" }, { name: "red" }]);
  });

  test("that come later are added", async () => {
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n int);");
    await migrate(database, folder);
    await writeFile(join(path, "0002-b.sql"), "ALTER TABLE a ADD m int;");
    await migrate(database, folder);
    expect(await applied()).toEqual([{ name: "0001-a.sql" }, { name: "0002-b.sql" }]);
  });

  test("that fail leave nothing, and can be mended", async () => {
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n int);\nINSERT INTO nowhere VALUES (1);\n");
    await expect(migrate(database, folder)).rejects.toMatchObject({ code: "42P01" });
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n int);\n");
    await migrate(database, folder);
    expect(await database.query("SELECT * FROM a")).toEqual([]);
  });

  test("whose text was changed stop the start by name", async () => {
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n int);");
    await migrate(database, folder);
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n bigint);");
    const refused = migrate(database, folder);
    await expect(refused).rejects.toBeInstanceOf(MigrationError);
    await expect(refused).rejects.toThrow(/0001-a\.sql/);
  });

  test("that this version doesn't know stop the start by name", async () => {
    await writeFile(join(path, "0001-a.sql"), "CREATE TABLE a (n int);");
    await writeFile(join(path, "0002-newer.sql"), "CREATE TABLE b (n int);");
    await migrate(database, folder);
    await rm(join(path, "0002-newer.sql"));
    const refused = migrate(database, folder);
    await expect(refused).rejects.toBeInstanceOf(MigrationError);
    await expect(refused).rejects.toThrow(/0002-newer\.sql/);
  });
});

test("servers that start together on a new database take turns", async () => {
  const { url, drop } = await createServerDatabase("nothing");
  const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url })));
  const names = await opened[0]?.query<{ name: string }>("SELECT name FROM migrations");
  expect(new Set(names?.map(({ name }) => name)).size).toBe(names?.length);
  for (const database of opened) expect(await database.query("SELECT * FROM outbox")).toEqual([]);
  await Promise.all(opened.map((database) => database.close()));
  await drop();
});
