import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { recordingLog } from "../../../test/support/recording-log.ts";
import { ConfigError } from "../../config/setting.ts";
import type { Database } from "../../stores/postgres/database.ts";
import { createAccessKeys } from "../access-keys.ts";
import { openSealer } from "./open-sealer.ts";
import { ownSecret } from "./own-secrets.ts";
import { createSealer, SealError } from "./sealer.ts";

const hex = (secret: Uint8Array) => Buffer.from(secret).toString("hex");

describe.each(databases)("secrets in $name", ({ open }) => {
  let database: Database;
  let dataDir: string;
  const given = undefined;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "mailglass-seal-"));
  });
  afterEach(async () => {
    await database.query("DELETE FROM secrets");
    await database.query("DELETE FROM access_keys");
    await rm(dataDir, { recursive: true });
  });

  it("are 32 bytes, made once, however many ask at once, and others by another name", async () => {
    const stores = { database, sealer: await openSealer({ database, given, dataDir }) };
    const secrets = await Promise.all(Array.from({ length: 20 }, () => ownSecret(stores, "downloads")));
    expect(secrets[0]).toHaveLength(32);
    expect(new Set(secrets.map(hex)).size).toBe(1);
    expect(hex(await ownSecret(stores, "downloads"))).toBe(hex(secrets[0] ?? new Uint8Array()));
    expect(hex(await ownSecret(stores, "other"))).not.toBe(hex(secrets[0] ?? new Uint8Array()));
  });

  it("are nowhere in plain text, and belong to their name and master key", async () => {
    const sealer = await openSealer({ database, given, dataDir });
    const secret = await ownSecret({ database, sealer }, "links");
    const [row] = await database.query<{ value: Uint8Array }>("SELECT value FROM secrets");
    expect(Buffer.from(row?.value ?? []).includes(secret)).toBe(false);
    const other = createSealer(randomBytes(32));
    await expect(ownSecret({ database, sealer: other }, "links")).rejects.toThrow(SealError);
    await database.query("UPDATE secrets SET name = 'return-paths'");
    await expect(ownSecret({ database, sealer }, "return-paths")).rejects.toThrow(SealError);
  });

  it("from before they were sealed are sealed by the next start, and stay the same", async () => {
    const plain = [randomBytes(32), randomBytes(32)];
    for (const [index, value] of plain.entries()) {
      await database.query("INSERT INTO secrets (name, value) VALUES ($1, $2)", [`old-${index}`, value]);
    }
    const sealers = [await openSealer({ database, given, dataDir }), await openSealer({ database, given, dataDir })];
    const rows = await database.query<{ value: Uint8Array; sealed: boolean }>("SELECT value, sealed FROM secrets");
    expect(rows.map(({ sealed }) => sealed)).toEqual([true, true]);
    for (const { value } of rows) expect(plain.some((secret) => Buffer.from(value).includes(secret))).toBe(false);
    for (const sealer of sealers) {
      const found = [await ownSecret({ database, sealer }, "old-0"), await ownSecret({ database, sealer }, "old-1")];
      expect(found.map(hex)).toEqual(plain.map(hex));
    }
    // As a process of the earlier version adds one.
    await database.query("INSERT INTO secrets (name, value) VALUES ('late', $1)", [plain[0]]);
    const [sealer = createSealer(randomBytes(32))] = sealers;
    expect(hex(await ownSecret({ database, sealer }, "late"))).toBe(hex(plain[0] ?? new Uint8Array()));
  });

  it.each(["a secret", "an access key"])(
    "want their master key: a start without it, or with another, makes none (%s is sealed)",
    async (what) => {
      const sealer = await openSealer({ database, given, dataDir });
      if (what === "a secret") {
        await ownSecret({ database, sealer }, "links");
      } else {
        const keys = createAccessKeys({ database, sealer, clock: () => new Date(), log: recordingLog("error").log });
        await keys.create({ description: "", seconds: undefined });
      }
      const before = await database.query("SELECT name, value, sealed FROM secrets");
      const elsewhere = await mkdtemp(join(tmpdir(), "mailglass-seal-"));
      await expect(openSealer({ database, given, dataDir: elsewhere })).rejects.toThrow(
        /^the master key is missing: \S+master\.key does not exist .+Put the file back from a backup/,
      );
      expect(await readdir(elsewhere)).toEqual([]);
      const wrong = openSealer({ database, given: randomBytes(32), dataDir });
      await expect(wrong).rejects.toThrow(/^MAILGLASS_MASTER_KEY is not the master key that /);
      await expect(wrong).rejects.toThrow(ConfigError);
      expect(await database.query("SELECT name, value, sealed FROM secrets")).toEqual(before);
      await rm(elsewhere, { recursive: true });
    },
  );
});
