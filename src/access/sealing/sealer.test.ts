import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "../../config/setting.ts";
import { existingMasterKey, masterKey } from "./master-key.ts";
import { createSealer, SealError } from "./sealer.ts";

const key = Buffer.alloc(32, 7);

describe("createSealer", () => {
  const sealer = createSealer(key);

  it("opens what it sealed, for the same context only", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.string(), (plain, context, other) => {
        const sealed = sealer.seal(plain, context);
        expect(sealer.open(sealed, context)).toEqual(Buffer.from(plain));
        if (other !== context) expect(() => sealer.open(sealed, other)).toThrow(SealError);
      }),
    );
  });

  it("refuses any value that was changed, cut off, or sealed under another key", () => {
    const sealed = Buffer.from(sealer.seal(Buffer.from("secret"), "x"));
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
      expect(() => sealer.open(changed, "x")).toThrow(SealError);
      expect(() => sealer.open(sealed.subarray(0, at), "x")).toThrow(SealError);
    }
    expect(() => createSealer(Buffer.alloc(32)).open(sealed, "x")).toThrow(SealError);
  });

  it("derives the same key for the same purpose, and another for another purpose or master key", () => {
    expect(sealer.derive("x")).toHaveLength(32);
    expect(createSealer(key).derive("x")).toEqual(sealer.derive("x"));
    const others = [sealer.derive("y"), createSealer(Buffer.alloc(32)).derive("x"), Buffer.from(key)];
    for (const other of others) expect(other).not.toEqual(sealer.derive("x"));
  });

  it("never seals twice alike, and shows nothing of the value", () => {
    const plain = Buffer.from("a secret of some length");
    const [one, two] = [sealer.seal(plain, "x"), sealer.seal(plain, "x")];
    expect(one).not.toEqual(two);
    expect(Buffer.from(one).includes("secret")).toBe(false);
  });
});

describe("masterKey", () => {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mailglass-key-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is the given one, and then makes no file", async () => {
    expect(await masterKey(key, folder)).toBe(key);
    await expect(stat(join(folder, "master.key"))).rejects.toThrow("ENOENT");
  });

  it("is made once, for its owner only, whoever asks at the same time", async () => {
    const keys = await Promise.all(Array.from({ length: 8 }, () => masterKey(undefined, folder)));
    expect(new Set(keys.map((one) => Buffer.from(one).toString("hex"))).size).toBe(1);
    expect((await stat(join(folder, "master.key"))).mode & 0o777).toBe(0o600);
    expect(Buffer.from(await readFile(join(folder, "master.key"), "utf8"), "base64")).toEqual(keys[0]);
  });

  it("is not made by who only looks for it", async () => {
    expect(await existingMasterKey(undefined, folder)).toBeUndefined();
    await expect(stat(join(folder, "master.key"))).rejects.toThrow("ENOENT");
    expect(await existingMasterKey(key, folder)).toBe(key);
    const made = await masterKey(undefined, folder);
    expect(await existingMasterKey(undefined, folder)).toEqual(made);
  });

  it("stops where the file holds no key", async () => {
    await writeFile(join(folder, "master.key"), "short");
    await expect(masterKey(undefined, folder)).rejects.toThrow(ConfigError);
  });
});
