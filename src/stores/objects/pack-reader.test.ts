import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPackReader, type PackReader } from "./pack-reader.ts";

describe("a pack reader", () => {
  let folder = "";
  let reader: PackReader;
  const text = async (name: string, offset: number, length: number) =>
    (await reader.read(join(folder, name), { offset, length }))?.toString();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-packs-"));
    reader = createPackReader();
  });
  afterEach(async () => {
    await reader.close();
    await rm(folder, { recursive: true });
  });

  it("reads parts, also of what was appended since, and nothing beyond the end", async () => {
    await writeFile(join(folder, "a.pack"), "hello");
    expect(await text("a.pack", 1, 3)).toBe("ell");
    await appendFile(join(folder, "a.pack"), " there");
    expect(await text("a.pack", 6, 5)).toBe("there");
    expect(await text("a.pack", 9, 100)).toBe("re");
    expect(await text("a.pack", 100, 5)).toBe("");
    expect(await text("a.pack", 0, 0)).toBe("");
  });

  it("finds what came after it was missed, and misses what was removed", async () => {
    expect(await text("a.pack", 0, 5)).toBeUndefined();
    await writeFile(join(folder, "a.pack"), "hello");
    expect(await text("a.pack", 0, 5)).toBe("hello");
    await rm(join(folder, "a.pack"));
    await reader.forget(join(folder, "a.pack"));
    expect(await text("a.pack", 0, 5)).toBeUndefined();
    await mkdir(join(folder, "b.pack"));
    expect(await text("b.pack", 0, 5)).toBeUndefined();
  });

  it("reads from many more files than it keeps open, at once and while they are forgotten", async () => {
    const names = Array.from({ length: 60 }, (_, n) => `${n}.pack`);
    for (const name of names) await writeFile(join(folder, name), name);
    const read = await Promise.all([...names, ...names].map((name) => text(name, 0, 10)));
    expect(read).toEqual([...names, ...names]);
    const [again] = await Promise.all([text("3.pack", 0, 10), reader.forget(join(folder, "3.pack")), reader.close()]);
    expect(again).toBe("3.pack");
  });
});
