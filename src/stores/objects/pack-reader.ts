/**
 * Parts of packs in a folder. Delivery reads them message by message: to open, look at and close the file each time, and to
 * make a stream, takes longer than to read. So packs, which only grow, stay open for a while, and a part comes in one piece.
 */
import { type FileHandle, open } from "node:fs/promises";
import { BoundedMap } from "../../common/bounded-map.ts";
import type { ByteRange } from "./object-store.ts";

/** So many files stay open, each for so many milliseconds after it was last asked for. */
const kept = { files: 16, ms: 10_000 };

/** Reads parts of packs. */
export interface PackReader {
  /** The bytes, without those beyond the file's end; undefined where there is no such file. */
  read(path: string, range: ByteRange): Promise<Buffer | undefined>;
  /** Forgets a file that is removed: its space is free once it is closed. */
  forget(path: string): Promise<void>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: Promise<FileHandle | undefined>;
  readers: number;
  forgotten: boolean;
  timer: NodeJS.Timeout | undefined;
}

/** A reader that has nothing open yet. */
export function createPackReader(): PackReader {
  const files = new BoundedMap<string, OpenFile>({
    capacity: kept.files,
    evicts: "least-recently-used",
    evicted: (path, file) => void forget(path, file),
  });

  return {
    async read(path, { offset, length }) {
      const file = take(path);
      try {
        const handle = await file.handle;
        if (!handle) {
          await forget(path, file);
          return undefined;
        }
        return await readFully(handle, offset, length);
      } catch (error) {
        await forget(path, file);
        // A folder can be opened, and not be read.
        if (isNoFile(error)) return undefined;
        throw error;
      } finally {
        file.readers--;
        if (file.forgotten) await closeUnused(file);
      }
    },
    async forget(path) {
      const file = files.get(path);
      if (file) await forget(path, file);
    },
    async close() {
      for (const [path, file] of [...files]) await forget(path, file);
    },
  };

  function take(path: string): OpenFile {
    let file = files.get(path);
    if (!file) {
      file = { handle: openFile(path), readers: 0, forgotten: false, timer: undefined };
      files.set(path, file);
    }
    file.readers++;
    clearTimeout(file.timer);
    file.timer = setTimeout(() => void forget(path, file), kept.ms).unref();
    return file;
  }

  async function forget(path: string, file: OpenFile): Promise<void> {
    if (files.get(path) === file) files.delete(path);
    clearTimeout(file.timer);
    file.forgotten = true;
    await closeUnused(file);
  }
}

async function closeUnused(file: OpenFile): Promise<void> {
  if (file.readers > 0) return;
  // Whoever comes last closes it; closing twice does nothing.
  await (await file.handle.catch(() => undefined))?.close();
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isNoFile(error)) return undefined;
    throw error;
  }
}

function isNoFile(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR", "EISDIR"].includes(String(error.code));
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
