import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { putObject } from "../../../test/support/put-object.ts";
import { openFolder } from "./folder.ts";

describe("a folder as object store", () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "mailglass-test-folder-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test("has no URLs of its own", async () => {
    const store = await openFolder(root, { sync: false });
    expect(store.downloadUrl("a", "a.csv", new Date())).toBeUndefined();
  });

  test("is made when it isn't there", async () => {
    const store = await openFolder(join(root, "new", "one"), { sync: false });
    await putObject(store, "a/b", [Buffer.from("x")]);
    expect(await readdir(join(root, "new", "one", "a"))).toEqual(["b"]);
  });

  test("opening removes what was left unfinished a day ago, and only that", async () => {
    await mkdir(join(root, ".unfinished"));
    await writeFile(join(root, ".unfinished", "old"), "x");
    await writeFile(join(root, ".unfinished", "new"), "x");
    await writeFile(join(root, "file"), "x");
    const before = new Date(Date.now() - 25 * 3_600_000);
    await utimes(join(root, ".unfinished", "old"), before, before);
    await utimes(join(root, "file"), before, before);
    const store = await openFolder(root, { sync: false });
    expect(await readdir(join(root, ".unfinished"))).toEqual(["new"]);
    expect(await store.info("file")).toMatchObject({ size: 1 });
  });

  test("mail and each archive have a pack of their own, and another one each day", async () => {
    const store = await openFolder(root, { sync: true });
    const append = async (prefix: string) => (await store.appendToPack(prefix, [Buffer.from("x")])).key;
    const prefixes = ["mail/2026/12/01", "archives/a/2026/12/01", "archives/b/2026/12/01"];
    const first = await Promise.all(prefixes.map(append));
    expect(new Set(first).size).toBe(3);
    expect(await Promise.all(prefixes.map(append))).toEqual(first);
    const next = await append("archives/a/2026/12/02");
    expect(first).not.toContain(next);
    expect(await append("archives/b/2026/12/01")).toBe(first[2]);
    // More than stay open.
    const many = Array.from({ length: 40 }, (_, index) => `archives/${index}/2026/12/02`);
    expect(new Set(await Promise.all(many.map(append))).size).toBe(40);
    expect(await append("mail/2026/12/01")).not.toBe(first[0]);
    await store.close();
  });

  test("puts and writes into a folder that somebody removed meanwhile", async () => {
    const store = await openFolder(root, { sync: false });
    await putObject(store, "a/1", [Buffer.from("x")]);
    await rm(join(root, "a"), { recursive: true });
    await putObject(store, "a/2", [Buffer.from("x")]);
    const writer = await store.write("a/3", "text/plain");
    await rm(join(root, "a"), { recursive: true });
    await writer.finish();
    expect(await readdir(join(root, "a"))).toEqual(["3"]);
  });
});
