import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import type { Database } from "./database.ts";
import { ownSecret } from "./secrets.ts";

describe.each(databases)("secrets in $name", ({ open }) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  const hex = (secret: Uint8Array) => Buffer.from(secret).toString("hex");

  test("a secret is 32 bytes, made once, however many ask at once", async () => {
    const secrets = await Promise.all(Array.from({ length: 20 }, () => ownSecret(database, "downloads")));
    expect(secrets[0]).toHaveLength(32);
    expect(new Set(secrets.map(hex)).size).toBe(1);
    expect(hex(await ownSecret(database, "downloads"))).toBe(hex(secrets[0] ?? new Uint8Array()));
  });

  test("another name is another secret", async () => {
    expect(hex(await ownSecret(database, "one"))).not.toBe(hex(await ownSecret(database, "two")));
  });
});
