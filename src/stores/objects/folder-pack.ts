/**
 * Packs in a folder: files that are appended to until they are full or the day of their prefix changes. Mail and each
 * archive have a pack of their own, so that they don't end each other's.
 */
import { closeSync, fdatasync, fsyncSync, mkdirSync, openSync, writeSync, writevSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { BoundedMap } from "../../common/bounded-map.ts";
import type { PackedFiles } from "./object-store.ts";
import { newPackKey, withChecksums } from "./pack-checksum.ts";

const syncData = promisify(fdatasync);

/** The size at which a pack is full, in bytes. */
const fullBytes = 64 << 20;

/** The maximum number of packs that are open at a time. */
const mostOpen = 32;

interface OpenPack {
  prefix: string;
  key: string;
  file: number;
  size: number;
  /** Appends that are still being synced. */
  users: number;
}

export interface PackWriter {
  append(prefix: string, parts: readonly Uint8Array[]): Promise<PackedFiles>;
  close(): void;
}

/**
 * A writer of packs below `root`. It never appends to a pack of an earlier process, whose end may be incomplete.
 * Creating a file takes up to 0.8 ms, appending to an open one 0.05 ms. Therefore a pack takes many appends and is
 * written on this thread (the bytes only go to the system's page cache), while syncing is left to the thread pool.
 */
export function createPackWriter(root: string, sync: boolean): PackWriter {
  const current = new BoundedMap<string, OpenPack>({
    capacity: mostOpen,
    evicts: "least-recently-used",
    evicted: (_, pack) => closeUnused(pack),
  });

  return {
    async append(prefix, parts) {
      const series = withoutDay(prefix);
      const open = current.get(series);
      const pack = open?.prefix === prefix && open.size < fullBytes ? open : startPack(series, prefix);
      const start = pack.size;
      const { pieces, positions } = withChecksums(parts);
      writeWhole(pack, pieces);
      const offsets = positions.map((position) => start + position);
      if (!sync) return { key: pack.key, offsets };
      pack.users++;
      try {
        await syncData(pack.file);
      } finally {
        pack.users--;
        if (pack !== current.get(series)) closeUnused(pack);
      }
      return { key: pack.key, offsets };
    },
    close() {
      const last = [...current];
      current.clear();
      for (const [, pack] of last) closeUnused(pack);
    },
  };

  function startPack(series: string, prefix: string): OpenPack {
    const key = newPackKey(prefix);
    const path = join(root, key);
    mkdirSync(dirname(path), { recursive: true });
    const before = current.get(series);
    const pack = { prefix, key, file: openSync(path, "wx"), size: 0, users: 0 };
    current.set(series, pack);
    if (before) closeUnused(before);
    if (sync) syncFolder(dirname(path));
    return pack;
  }
}

/** The prefix of packs without their day at its end, such as `2026/12/01`. */
function withoutDay(prefix: string): string {
  return prefix.replace(/\/\d{4}\/\d\d\/\d\d$/, "");
}

/** The next write overwrites the remains of a failed one: the size only grows after a complete write. */
function writeWhole(pack: OpenPack, parts: readonly Uint8Array[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  let written = writevSync(pack.file, parts, pack.size);
  // The system may write less than requested, for example when the disk is nearly full; then this throws or continues.
  const rest = written < length ? Buffer.concat(parts) : undefined;
  while (rest && written < length)
    written += writeSync(pack.file, rest, written, length - written, pack.size + written);
  pack.size += length;
}

function closeUnused(pack: OpenPack): void {
  if (pack.users === 0) closeSync(pack.file);
}

/** A new name in a folder is durable only after the folder is synced. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
