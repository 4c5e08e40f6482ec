import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { databases } from "../../../test/support/databases.ts";
import { eventually } from "../../../test/support/eventually.ts";
import type { ScopedDatabase } from "./database.ts";
import { claimExportJob, insertExportJob } from "./export-jobs.ts";
import { claimImportJob, insertImportJob } from "./import-jobs.ts";
import { endEarlierProcesses, releaseLease, takeLease, withLease } from "./leases.ts";

describe.each(databases)("leases in $name", ({ open }) => {
  let database: ScopedDatabase;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM leases"));

  const take = (holder: string, seconds = 60, name = "recorder") => takeLease(database, name, holder, seconds);

  test("one holder has it and may renew it, another is refused", async () => {
    expect(await take("a")).toBe(true);
    expect(await take("b")).toBe(false);
    expect(await take("a")).toBe(true);
    expect(await take("b")).toBe(false);
  });

  test("another name is another lease", async () => {
    expect(await take("a")).toBe(true);
    expect(await take("b", 60, "exports")).toBe(true);
  });

  test("one that ran out goes to the next, and the earlier holder is refused", async () => {
    expect(await take("a", -1)).toBe(true);
    expect(await take("b")).toBe(true);
    expect(await take("a")).toBe(false);
  });

  test("one that ends in days goes to the next: the clock was set back", async () => {
    expect(await take("a", 3 * 24 * 3600)).toBe(true);
    expect(await take("b")).toBe(true);
    expect(await take("a")).toBe(false);
  });

  test("one that ran out may still be renewed while nobody else has it", async () => {
    expect(await take("a", -1)).toBe(true);
    expect(await take("a")).toBe(true);
    expect(await take("b")).toBe(false);
  });

  test("a renewal can be for a part of a second", async () => {
    expect(await take("a", 0.001)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await take("b", 0.5)).toBe(true);
  });

  test("the holder gives it back, nobody else can", async () => {
    await take("a");
    await releaseLease(database, "recorder", "b");
    expect(await take("b")).toBe(false);
    await releaseLease(database, "recorder", "a");
    expect(await take("b")).toBe(true);
    await releaseLease(database, "none", "a");
  });

  test("of many that ask at once, for a new one or one that ran out, one gets it", async () => {
    const holders = Array.from({ length: 20 }, (_, index) => `holder ${index}`);
    const winners = async () => (await Promise.all(holders.map((holder) => take(holder)))).filter(Boolean).length;
    expect(await winners()).toBe(1);
    await database.query("UPDATE leases SET expires_at = now() - interval '1 second'");
    expect(await winners()).toBe(1);
  });
});

describe.each(databases)("work under a lease in $name", ({ open }) => {
  let database: ScopedDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => database.query("DELETE FROM leases"));

  const expiry = async () => {
    const [lease] = await database.query<{ expires_at: Date }>("SELECT expires_at FROM leases WHERE name = 'sweep'");
    return lease?.expires_at.getTime() ?? 0;
  };
  const terms = (seconds: number) => ({ name: "sweep", holder: "a", seconds });

  test("keeps the lease for longer than it lasts, and gives it back", async () => {
    const held = await withLease(database, terms(0.3), async (lost) => {
      const first = await expiry();
      await eventually(async () => expect(await expiry()).toBeGreaterThan(first + 300));
      expect(lost.aborted).toBe(false);
    });
    expect(held).toBe(true);
    expect(await takeLease(database, "sweep", "b", 60)).toBe(true);
    const work = () => expect.unreachable("another holder has the lease");
    expect(await withLease(database, terms(0.3), async () => work())).toBe(false);
  });

  test("is aborted once another holder has the lease", async () => {
    await withLease(database, terms(0.3), async (lost) => {
      await database.query("UPDATE leases SET holder = 'b', expires_at = now() + interval '5 minutes'");
      await eventually(() => expect(lost.aborted).toBe(true));
    });
    expect(await takeLease(database, "sweep", "b", 60)).toBe(true);
  });

  test("gives the lease back when it fails", async () => {
    const failed = withLease(database, terms(60), async () => {
      throw new Error("the bucket is away");
    });
    await expect(failed).rejects.toThrow("the bucket is away");
    expect(await takeLease(database, "sweep", "b", 60)).toBe(true);
  });
});

describe.each(databases)("what earlier processes held in $name", ({ open }) => {
  test("is free at once where the database takes one process only", async () => {
    const database = await open();
    await takeLease(database, "recorder", "dead", 600);
    const id = randomUUID();
    const job = { id, sourceType: "METRICS_DATA", format: "CSV", dataSource: {}, now: new Date() } as const;
    await insertExportJob(database, job, 20);
    await claimExportJob(database, randomUUID(), 600);
    const s3Url = "s3://lists/file";
    const file = {
      id,
      destinationType: "SUPPRESSION_LIST",
      action: "PUT",
      s3Url,
      format: "CSV",
      now: new Date(),
    } as const;
    await insertImportJob(database, file, 20);
    await claimImportJob(database, randomUUID(), 600);
    await endEarlierProcesses(database);
    const alone = database.kind === "embedded";
    expect(await takeLease(database, "recorder", "alive", 600)).toBe(alone);
    expect((await claimExportJob(database, randomUUID(), 600))?.id).toBe(alone ? id : undefined);
    expect((await claimImportJob(database, randomUUID(), 600))?.id).toBe(alone ? id : undefined);
    await database.close();
  });
});
