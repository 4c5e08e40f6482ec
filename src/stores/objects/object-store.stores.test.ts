import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { putObject } from "../../../test/support/put-object.ts";
import { startS3Server } from "../../../test/support/s3-server.ts";
import { DamagedData } from "../../common/damaged-data.ts";
import type { ByteRange, ObjectStore } from "./object-store.ts";
import { openObjectStore } from "./open-object-store.ts";

/** An open store, and what is left in it of files that were never finished. */
interface Opened {
  store: ObjectStore;
  unfinished(): Promise<string[]>;
  close(): Promise<void>;
}

const stores: { name: string; open(): Promise<Opened> }[] = [
  { name: "a folder", open: () => openTemporaryFolder(false) },
  { name: "a folder that syncs", open: () => openTemporaryFolder(true) },
  {
    name: "an S3 server",
    async open() {
      const server = await startS3Server();
      const store = await openObjectStore(server.options);
      return {
        store,
        unfinished: server.openUploads,
        async close() {
          await store.close();
          await server.close();
        },
      };
    },
  },
];

async function openTemporaryFolder(sync: boolean): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "mailglass-test-objects-"));
  const store = await openObjectStore({ folder, sync });
  return {
    store,
    unfinished: () => readdir(join(folder, ".unfinished")),
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const badKeys = [
  "../x",
  "a/../x",
  "/x",
  "",
  "a//b",
  "a/",
  ".hidden",
  "a/.hidden",
  ".",
  "..",
  "a\0b",
  "a b",
  "ä",
  "a\\b",
];

describe.each(stores)("files in $name", ({ open }) => {
  let opened: Opened;
  let store: ObjectStore;

  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(() => opened.close());

  const read = async (key: string, range?: ByteRange) => {
    const stream = await store.read(key, range);
    return stream && (await buffer(stream));
  };
  const keysBelow = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix)) keys.push(key);
    return keys.sort();
  };

  test("what is put is read, whole and in parts", async () => {
    await putObject(store, "put/one", [Buffer.from("hello "), Buffer.from("there"), Buffer.from("")]);
    expect(String(await read("put/one"))).toBe("hello there");
    expect(String(await read("put/one", { offset: 0, length: 5 }))).toBe("hello");
    expect(String(await read("put/one", { offset: 6, length: 5 }))).toBe("there");
    expect(String(await read("put/one", { offset: 10, length: 1 }))).toBe("e");
  });

  test("a range beyond the end gives what there is", async () => {
    await putObject(store, "put/short", [Buffer.from("hello")]);
    expect(String(await read("put/short", { offset: 3, length: 100 }))).toBe("lo");
    expect(String(await read("put/short", { offset: 5, length: 1 }))).toBe("");
    expect(String(await read("put/short", { offset: 500, length: 1 }))).toBe("");
    expect(String(await read("put/short", { offset: 2, length: 0 }))).toBe("");
  });

  test("what is appended to packs at once is read where it was put", async () => {
    const texts = Array.from({ length: 40 }, (_, index) => `message ${index} `.repeat(index + 1));
    const placed = await Promise.all(
      texts.map((text, index) =>
        // Two parts each, so that a second one is known to follow the first.
        store.appendToPack(`packs/${index % 2}`, [Buffer.from(text), Buffer.from(`end ${index}`)]),
      ),
    );
    for (const [index, { key, offsets }] of placed.entries()) {
      expect(key).toMatch(/^packs\/[01]\/[\w-]+\.pack$/);
      expect(key.startsWith(`packs/${index % 2}/`)).toBe(true);
      for (const [part, text] of [`${texts[index]}`, `end ${index}`].entries()) {
        expect(String(await read(key, { offset: offsets[part] ?? -1, length: text.length }))).toBe(text);
      }
    }
    expect(await keysBelow("packs/")).toEqual([...new Set(placed.map(({ key }) => key))].sort());
  });

  test("a part of a pack that is not what was stored is refused, whatever is wrong with it", async () => {
    const mail = randomBytes(5_000);
    const { key, offsets } = await store.appendToPack("packs/damaged", [Buffer.from("before"), mail, Buffer.alloc(0)]);
    const [, offset = 0, empty = 0] = offsets;
    const range = { offset, length: mail.length };
    const whole = (await read(key)) ?? Buffer.alloc(0);
    expect((await read(key, range))?.equals(mail)).toBe(true);
    expect(await read(key, { offset: empty, length: 0 })).toEqual(Buffer.alloc(0));
    // A range that was not stored as a whole is refused, too: nothing vouches for it.
    await expect(read(key, { offset, length: 10 })).rejects.toThrow(DamagedData);
    const flipped = (at: number) => Buffer.from(whole).fill((whole[at] ?? 0) ^ 1, at, at + 1);
    const damages = [
      flipped(offset),
      flipped(offset + 2_500),
      flipped(offset + mail.length - 1),
      flipped(offset + mail.length + 2),
      ...[0, offset, offset + 100, offset + mail.length, offset + mail.length + 3].map((at) => whole.subarray(0, at)),
    ];
    for (const [index, damaged] of damages.entries()) {
      const copy = `packs/damaged/copy-${index}-crc.pack`;
      await putObject(store, copy, [damaged]);
      await expect(read(copy, range), `damage ${index}`).rejects.toThrow(DamagedData);
    }
  });

  test("parts of a pack are erased, and the others stay", async () => {
    const texts = ["before", "a secret", "between", "another", "after"];
    const { key, offsets } = await store.appendToPack(
      "packs/erased",
      texts.map((text) => Buffer.from(text)),
    );
    const places = texts.map((text, index) => ({ offset: offsets[index] ?? -1, length: text.length }));
    const erased = places.filter((_, index) => index % 2 === 1);
    for (let times = 0; times < 2; times++) {
      expect(await store.erase(key, erased)).toBe(2);
      for (const [index, place] of places.entries()) {
        const expected = index % 2 === 1 ? Buffer.alloc(place.length) : Buffer.from(texts[index] ?? "");
        expect(await read(key, place)).toEqual(expected);
      }
    }
    // A pack goes on after that.
    const next = await store.appendToPack("packs/erased", [Buffer.from("more")]);
    expect(String(await read(next.key, { offset: next.offsets[0] ?? -1, length: 4 }))).toBe("more");
    expect(await store.erase(key, [{ offset: 1_000_000, length: 4 }])).toBe(0);
    expect(await store.erase("packs/erased/none-crc.pack", erased)).toBe(0);
  });

  test("a pack of an earlier version has no checksums and is read as before; only one that is cut is refused", async () => {
    await putObject(store, "packs/older.pack", [Buffer.from("one and another")]);
    expect(String(await read("packs/older.pack", { offset: 8, length: 7 }))).toBe("another");
    for (const range of [
      { offset: 8, length: 8 },
      { offset: 15, length: 1 },
      { offset: 900, length: 7 },
    ]) {
      await expect(read("packs/older.pack", range)).rejects.toThrow(/is cut off\. Restore it from a backup\.$/);
    }
  });

  test.each(badKeys)("%j is no prefix of packs", async (prefix) => {
    await expect(store.appendToPack(prefix, [Buffer.from("x")])).rejects.toThrow(/not a key of the object store/);
  });

  test("a file may be empty", async () => {
    await putObject(store, "empty/put", []);
    expect(await read("empty/put")).toEqual(Buffer.alloc(0));
    expect(await store.info("empty/put")).toMatchObject({ key: "empty/put", size: 0 });
    const writer = await store.write("empty/written", "text/csv");
    expect(await writer.finish()).toBe(0);
    expect(await read("empty/written")).toEqual(Buffer.alloc(0));
  });

  test("a second put takes the place of the first, longer one", async () => {
    await putObject(store, "again", [Buffer.from("a longer text")]);
    await putObject(store, "again", [Buffer.from("short")]);
    expect(String(await read("again"))).toBe("short");
  });

  test("20 MB in odd chunks arrive as they are, seen only when whole", async () => {
    const whole = randomBytes(20_000_003);
    const writer = await store.write("stream/big.bin", "application/octet-stream");
    for (let at = 0, length = 1; at < whole.length; at += length, length = ((length * 7) % 300_007) + 1) {
      // A chunk may be used again by its owner once `write` has resolved.
      await writer.write(whole.subarray(at, at + length));
    }
    expect(await store.info("stream/big.bin")).toBeUndefined();
    expect(await read("stream/big.bin")).toBeUndefined();
    expect(await keysBelow("stream/")).toEqual([]);
    expect(await writer.finish()).toBe(whole.length);
    expect((await read("stream/big.bin"))?.equals(whole)).toBe(true);
    expect(await store.info("stream/big.bin")).toMatchObject({ size: whole.length });
    const range = { offset: 8_388_600, length: 100 };
    expect((await read("stream/big.bin", range))?.equals(whole.subarray(8_388_600, 8_388_700))).toBe(true);
    expect(await opened.unfinished()).toEqual([]);
  });

  test("two at once do not mix", async () => {
    const writers = await Promise.all(["a", "b"].map((name) => store.write(`both/${name}`, "text/plain")));
    for (let round = 0; round < 200; round++) {
      await Promise.all(writers.map((writer, index) => writer.write(Buffer.alloc(10_000, "ab"[index]))));
    }
    await Promise.all(writers.map((writer) => writer.finish()));
    expect((await read("both/a"))?.equals(Buffer.alloc(2_000_000, "a"))).toBe(true);
    expect((await read("both/b"))?.equals(Buffer.alloc(2_000_000, "b"))).toBe(true);
  });

  test.each([0, 1_000, 19_000_000])("an abort after %i bytes leaves nothing", async (bytes) => {
    const key = `aborted/after-${bytes}`;
    const writer = await store.write(key, "text/plain");
    for (let written = 0; written < bytes; written += 1_000_000) {
      await writer.write(Buffer.alloc(Math.min(1_000_000, bytes)));
    }
    // A bucket has something of it once more than two parts of 8 MB have come.
    if (bytes > 16_000_000) expect(await opened.unfinished()).toHaveLength(1);
    await writer.abort();
    await writer.abort();
    expect(await store.info(key)).toBeUndefined();
    expect(await opened.unfinished()).toEqual([]);
    await expect(writer.finish()).rejects.toThrow();
    expect(await store.info(key)).toBeUndefined();
  });

  test("an abort after the end leaves the file", async () => {
    const writer = await store.write("finished", "text/plain");
    await writer.write(Buffer.from("whole"));
    await writer.finish();
    await writer.abort();
    expect(String(await read("finished"))).toBe("whole");
  });

  test("what isn't there reads as undefined, and is deleted all the same", async () => {
    await putObject(store, "folder/file", [Buffer.from("x")]);
    for (const key of ["nothing", "no/such/file", "folder", "folder/file/below"]) {
      expect(await read(key)).toBeUndefined();
      expect(await read(key, { offset: 0, length: 0 })).toBeUndefined();
      expect(await store.info(key)).toBeUndefined();
      await store.delete(key);
    }
    expect(String(await read("folder/file"))).toBe("x");
    await store.delete("folder/file");
    expect(await read("folder/file")).toBeUndefined();
    await store.delete("folder/file");
  });

  test("a list holds what begins with the prefix, its size and nothing unfinished", async () => {
    for (const key of ["list/a/1", "list/a/2", "list/ab", "list/b", "listing"])
      await putObject(store, key, [Buffer.from(key)]);
    const writer = await store.write("list/unfinished", "text/plain");
    await writer.write(Buffer.from("x"));
    expect(await keysBelow("list/")).toEqual(["list/a/1", "list/a/2", "list/ab", "list/b"]);
    expect(await keysBelow("list/a")).toEqual(["list/a/1", "list/a/2", "list/ab"]);
    expect(await keysBelow("list/a/")).toEqual(["list/a/1", "list/a/2"]);
    expect(await keysBelow("list")).toEqual(["list/a/1", "list/a/2", "list/ab", "list/b", "listing"]);
    expect(await keysBelow("list/none/")).toEqual([]);
    expect(await keysBelow("")).toEqual(expect.arrayContaining(["list/a/1", "listing"]));
    expect((await keysBelow("")).filter((key) => key.startsWith("."))).toEqual([]);
    for await (const info of store.list("list/ab")) {
      expect(info).toEqual({ key: "list/ab", size: 7, modified: expect.any(Date) });
    }
    await writer.abort();
  });

  test("a list goes on beyond a page of 1,000", async () => {
    const keys = Array.from({ length: 1_050 }, (_, index) => `many/${String(index).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 25) {
      await Promise.all(keys.slice(at, at + 25).map((key) => putObject(store, key, [])));
    }
    expect(await keysBelow("many/")).toEqual(keys);
    const [kept = ""] = keys.splice(500, 1);
    await store.deleteAll([...keys, "many/none"]);
    expect(await keysBelow("many/")).toEqual([kept]);
    await store.deleteAll([]);
    await expect(store.deleteAll([kept, "../up"])).rejects.toThrow(/not a key of the object store/);
  });

  test("a list is in the order of keys", async () => {
    const keys = ["order/a/1", "order/a/B/1", "order/a/b", "order/a0"];
    for (const key of keys.toReversed()) await putObject(store, key, [Buffer.from("x")]);
    const found: string[] = [];
    for await (const { key } of store.list("order/")) found.push(key);
    expect(found).toEqual(keys);
  });

  test.each(badKeys)("%j is no key", async (key) => {
    const notAKey = /not a key of the object store/;
    await expect(putObject(store, key, [Buffer.from("x")])).rejects.toThrow(notAKey);
    await expect(store.write(key, "text/plain")).rejects.toThrow(notAKey);
    await expect(store.read(key)).rejects.toThrow(notAKey);
    await expect(store.info(key)).rejects.toThrow(notAKey);
    await expect(store.delete(key)).rejects.toThrow(notAKey);
  });
});
