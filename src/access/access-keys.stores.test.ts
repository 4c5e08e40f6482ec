import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { databases } from "../../test/support/databases.ts";
import type { Database } from "../stores/postgres/database.ts";
import { insertAccount } from "../stores/postgres/scopes.ts";
import { type AccessKeys, createAccessKeys, sessionTokenHash } from "./access-keys.ts";
import { createSealer } from "./sealing/sealer.ts";

const log = pino({ level: "silent" });
const sealer = createSealer(Buffer.alloc(32, 1));
const hour = 3600_000;

describe.each(databases)("access keys on $name", ({ open }) => {
  let database: Database;
  let keys: AccessKeys;
  let now: Date;
  const clock = () => now;
  const anotherProcess = (with_ = sealer) => createAccessKeys({ database, sealer: with_, clock, log });
  const longTerm = { description: "", seconds: undefined };

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    now = new Date("2026-11-24T12:00:00Z");
    await database.query("DELETE FROM access_keys");
    keys = createAccessKeys({ database, sealer, clock, log });
  });
  afterEach(() => keys.stop());

  it("look like AWS's, and are found with their secret", async () => {
    const created = await keys.create({ description: "the web shop", seconds: undefined });
    expect(created).toEqual({
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
      sessionToken: undefined,
      expiresAt: undefined,
    });
    expect(await keys.find(created.accessKeyId)).toEqual({
      id: created.accessKeyId,
      accountId: "000000000000",
      operator: true,
      secretAccessKey: created.secretAccessKey,
      session: undefined,
    });
    expect(await keys.list()).toEqual([
      {
        id: created.accessKeyId,
        accountId: "000000000000",
        active: true,
        description: "the web shop",
        createdAt: now,
        lastUsedAt: undefined,
        expiresAt: undefined,
      },
    ]);
  });

  it("show no secret and no token to who reads the database", async () => {
    const one = await keys.create(longTerm);
    const two = await keys.create({ description: "", seconds: 900 });
    const rows = await database.query<{ secret: Uint8Array; hash: Uint8Array | null }>(
      "SELECT secret, session_token_hash AS hash FROM access_keys ORDER BY id",
    );
    const bytes = Buffer.concat(rows.flatMap(({ secret, hash }) => [secret, hash ?? new Uint8Array()]));
    for (const secret of [one.secretAccessKey, two.secretAccessKey, two.sessionToken ?? "none"]) {
      expect(bytes.includes(secret)).toBe(false);
    }
    await expect(anotherProcess(createSealer(Buffer.alloc(32, 2))).find(one.accessKeyId)).rejects.toThrow(
      "sealed under another master key",
    );
  });

  it("have a token and an end where they are temporary, and are forgotten a day after", async () => {
    const { accessKeyId, sessionToken = "", expiresAt } = await keys.create({ description: "", seconds: 3600 });
    expect(accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(expiresAt).toEqual(new Date(now.getTime() + hour));
    const session = (await keys.find(accessKeyId))?.session;
    expect(session?.expiresAt).toEqual(expiresAt);
    expect(Buffer.from(session?.tokenHash ?? [])).toEqual(sessionTokenHash(sessionToken));

    now = new Date(now.getTime() + 24 * hour);
    await keys.create(longTerm);
    expect(await keys.find(accessKeyId)).toBeDefined();
    now = new Date(now.getTime() + 2 * hour);
    await keys.create(longTerm);
    expect(await keys.find(accessKeyId)).toBeUndefined();
    expect(await keys.list()).toHaveLength(2);
  });

  it("are found no more once inactive or deleted: here at once, in another process within a second", async () => {
    const other = anotherProcess();
    const { accessKeyId } = await keys.create(longTerm);
    expect(await other.find(accessKeyId)).toBeDefined();

    expect(await keys.setActive(accessKeyId, false)).toBe(true);
    expect(await keys.find(accessKeyId)).toBeUndefined();
    expect(await other.find(accessKeyId)).toBeDefined();
    now = new Date(now.getTime() + 1000);
    expect(await other.find(accessKeyId)).toBeUndefined();

    expect(await other.setActive(accessKeyId, true)).toBe(true);
    expect(await other.find(accessKeyId)).toBeDefined();
    expect(await other.delete(accessKeyId)).toBe(true);
    expect(await other.find(accessKeyId)).toBeUndefined();
    expect(await keys.delete(accessKeyId)).toBe(false);
    expect(await keys.setActive(accessKeyId, true)).toBe(false);
  });

  it("tell when they were last used, the latest time that any process knows", async () => {
    const { accessKeyId } = await keys.create(longTerm);
    const other = anotherProcess();
    const later = new Date(now.getTime() + hour);
    keys.used(accessKeyId);
    now = later;
    other.used(accessKeyId);
    other.used("AKIADELETED000000000");
    await other.stop();
    await keys.stop();
    expect((await keys.list())[0]?.lastUsedAt).toEqual(later);
  });

  it.each([
    [{ description: "x".repeat(257), seconds: undefined }, "256 characters"],
    [{ description: "a\u0000b", seconds: undefined }, "control characters"],
    [{ description: "", seconds: 899 }, "from 900 to 129600"],
    [{ description: "", seconds: 129_601 }, "from 900 to 129600"],
    [{ description: "", seconds: 1000.5 }, "whole number"],
  ])("can't be made with %j", async (options, text) => {
    await expect(keys.create(options)).rejects.toThrow(text);
    expect(await keys.list()).toEqual([]);
  });

  it("belong to an account that there is, by default the default one", async () => {
    await insertAccount(database, { id: "111122223333", name: "", createdAt: now }, 10);
    const theirs = await keys.create({ ...longTerm, accountId: "111122223333" });
    const ours = await keys.create({ ...longTerm, accountId: undefined });
    expect(await keys.find(theirs.accessKeyId)).toMatchObject({ accountId: "111122223333", operator: false });
    expect(await keys.find(ours.accessKeyId)).toMatchObject({ accountId: "000000000000", operator: true });
    const listed = await keys.list();
    expect(listed.map(({ accountId }) => accountId).sort()).toEqual(["000000000000", "111122223333"]);
    for (const [accountId, text] of [
      ["444455556666", "there is no account 444455556666"],
      ["1", "twelve digits"],
      ["", "twelve digits"],
    ] as const) {
      await expect(keys.create({ ...longTerm, accountId })).rejects.toThrow(text);
    }
    expect(await keys.list()).toHaveLength(2);
  });

  it("are a thousand at most", async () => {
    await database.query(
      `INSERT INTO access_keys (id, account, secret, description, created_at)
       SELECT 'AKIA' || number, '000000000000', '', '', $1 FROM generate_series(1, 1000) AS number`,
      [now],
    );
    await expect(keys.create(longTerm)).rejects.toThrow("there are 1000 access keys");
    expect(await keys.delete("AKIA1")).toBe(true);
    await keys.create(longTerm);
  });
});
