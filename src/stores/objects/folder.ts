/** Files in a folder. */
import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { createPackWriter } from "./folder-pack.ts";
import { assertObjectKey } from "./object-key.ts";
import type { ObjectInfo, ObjectStore, ObjectWriter } from "./object-store.ts";
import { erasuresOf, isPackKey, storedRange, verifiedPart } from "./pack-checksum.ts";
import { createPackReader } from "./pack-reader.ts";

/** Holds files while they are being written; no key leads here. */
const unfinished = ".unfinished";
/** An unfinished file unmodified for this long was left over by a process that ended. */
const unfinishedLifetimeMs = 24 * 3600 * 1000;

/** Opens the store. With `sync`, data acknowledged by `appendToPack` and `finish` also survives a power failure. */
export async function openFolder(root: string, options: { sync: boolean }): Promise<ObjectStore> {
  await mkdir(join(root, unfinished), { recursive: true });
  await removeLeftovers(join(root, unfinished));
  const packs = createPackWriter(root, options.sync);
  const reader = createPackReader();

  return {
    async appendToPack(prefix, parts) {
      assertObjectKey(prefix);
      return packs.append(prefix, parts);
    },
    async write(key) {
      const path = pathOf(key);
      const part = resolve(root, unfinished, randomUUID());
      // Append mode: others may write to the file between two of our writes.
      return writerOf(await open(part, "ax"), part, path);
    },
    async read(key, range) {
      if (range && isPackKey(key)) {
        // In one piece: nothing of it may be answered before its checksum has been verified.
        const stored = await reader.read(pathOf(key), storedRange(key, range));
        const bytes = stored && verifiedPart(key, range, stored);
        return bytes && Readable.from(bytes.length === 0 ? [] : [bytes]);
      }
      let file: FileHandle;
      try {
        file = await open(pathOf(key), "r");
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
      if (!(await file.stat()).isFile()) {
        await file.close();
        return undefined;
      }
      if (range?.length === 0) {
        await file.close();
        return Readable.from([]);
      }
      return range
        ? createReadStream("", { fd: file, start: range.offset, end: range.offset + range.length - 1 })
        : createReadStream("", { fd: file });
    },
    async info(key) {
      return infoOf(key, pathOf(key));
    },
    delete: deleteFile,
    async deleteAll(keys) {
      for (const key of keys) await deleteFile(key);
    },
    async erase(key, parts) {
      let file: FileHandle;
      try {
        file = await open(pathOf(key), "r+");
      } catch (error) {
        if (isMissing(error)) return 0;
        throw error;
      }
      try {
        const erasures = erasuresOf(key, parts, (await file.stat()).size);
        for (const { offset, bytes } of erasures) await writeAt(file, bytes, offset);
        if (options.sync) await file.datasync();
        return erasures.length;
      } finally {
        await file.close();
      }
    },
    async *list(prefix) {
      // Reads only the folders that can contain such a key.
      const above = prefix.includes("/") ? prefix.slice(0, prefix.lastIndexOf("/")) : "";
      if (above !== "") assertObjectKey(above);
      for await (const path of filesBelow(join(root, above))) {
        const key = relative(root, path).split(sep).join("/");
        if (!key.startsWith(prefix) || key.startsWith(unfinished)) continue;
        const info = await infoOf(key, path);
        if (info) yield info;
      }
    },
    downloadUrl: () => undefined,
    async close() {
      packs.close();
      await reader.close();
    },
  };

  function pathOf(key: string): string {
    assertObjectKey(key);
    return join(root, key);
  }

  async function deleteFile(key: string): Promise<void> {
    // A folder is not one of our files, and may contain other keys.
    if (!(await infoOf(key, pathOf(key)))) return;
    await rm(pathOf(key), { force: true });
    await reader.forget(pathOf(key));
  }

  function writerOf(file: FileHandle, part: string, path: string): ObjectWriter {
    let open = true;
    const close = async () => {
      if (!open) return;
      open = false;
      await file.close();
    };
    return {
      async write(chunk) {
        await writeAll(file, chunk);
      },
      appendWith: (append) => append(part),
      async finish() {
        const { size } = await file.stat();
        if (options.sync) await file.datasync();
        await close();
        await mkdir(dirname(path), { recursive: true });
        await rename(part, path);
        if (options.sync) await syncFolder(dirname(path));
        return size;
      },
      async abort() {
        await close();
        await rm(part, { force: true });
      },
    };
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < chunk.length) offset += (await file.write(chunk, offset)).bytesWritten;
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function infoOf(key: string, path: string): Promise<ObjectInfo | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? { key, size: found.size, modified: found.mtime } : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The paths of the files in a folder and its subfolders, in the order of their keys. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  let entries: Awaited<ReturnType<typeof readFolder>>;
  try {
    entries = await readFolder(folder);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const sortKey = (entry: (typeof entries)[number]) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  for (const entry of entries.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

function readFolder(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

async function removeLeftovers(folder: string): Promise<void> {
  for await (const path of filesBelow(folder)) {
    const info = await infoOf(path, path);
    if (info && Date.now() - info.modified.getTime() > unfinishedLifetimeMs) await rm(path, { force: true });
  }
}

/** A new name in a folder is durable only after the folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
