/**
 * Reads parts of packs in a folder. Delivery reads one message at a time; opening, checking and closing the file and
 * creating a stream would each time take longer than the read. Packs only grow, so they stay open for a while, and each
 * part is read in one piece.
 */
import { type FileHandle, open } from "node:fs/promises";
import { BoundedMap } from "../../common/bounded-map.ts";
import type { ByteRange } from "./object-store.ts";

/** The number of files that stay open, and for how many milliseconds after the last read. */
const kept = { files: 16, ms: 10_000 };

export interface PackReader {
  /** The bytes up to the end of the file; undefined if the file doesn't exist. */
  read(path: string, range: ByteRange): Promise<Buffer | undefined>;
  /** Closes a file that is being deleted: its space is freed once it is closed. */
  forget(path: string): Promise<void>;
  close(): Promise<void>;
}

interface OpenFile {
  readonly handle: Promise<FileHandle | undefined>;
  readers: number;
  forgotten: boolean;
  timer: NodeJS.Timeout | undefined;
}

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
        // A directory can be opened but not read.
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
  // The last reader closes it; closing twice does nothing.
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
