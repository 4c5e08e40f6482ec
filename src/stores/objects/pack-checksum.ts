/**
 * The checksums in packs: each part is followed by its CRC-32 in four bytes, big-endian. Every read of a part verifies
 * it, so that a changed or cut file is never answered as mail. Packs of earlier versions have none; their keys end
 * otherwise. The part itself is at its offset in both, so an earlier version reads both.
 */
import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import { DamagedData } from "../../common/damaged-data.ts";
import type { ByteRange } from "./object-store.ts";

/** The suffix of the keys of all packs. */
const packEnding = ".pack";
/** The suffix of the keys of packs with checksums. */
const checkedEnding = "-crc.pack";
const checksumBytes = 4;

/** A new key for a pack with checksums, which begins with `prefix`. */
export function newPackKey(prefix: string): string {
  return `${prefix}/${randomUUID()}${checkedEnding}`;
}

/** Whether the key is one of a pack, with or without checksums. */
export function isPackKey(key: string): boolean {
  return key.endsWith(packEnding);
}

/** What to write for parts: each with its checksum. `positions` are those of the parts in it. */
export function withChecksums(parts: readonly Uint8Array[]): { pieces: Uint8Array[]; positions: number[] } {
  const pieces: Uint8Array[] = [];
  const positions: number[] = [];
  let position = 0;
  for (const part of parts) {
    const checksum = Buffer.allocUnsafe(checksumBytes);
    checksum.writeUInt32BE(crc32(part));
    pieces.push(part, checksum);
    positions.push(position);
    position += part.length + checksumBytes;
  }
  return { pieces, positions };
}

/** The bytes to read for a part of a pack. */
export function storedRange(key: string, { offset, length }: ByteRange): ByteRange {
  return { offset, length: key.endsWith(checkedEnding) ? length + checksumBytes : length };
}

/** Where to write what over the parts of a pack of this size, so that each is zeros with their checksum. */
export function erasuresOf(
  key: string,
  parts: readonly ByteRange[],
  size: number,
): { readonly offset: number; readonly bytes: Buffer }[] {
  return parts
    .map((part) => storedRange(key, part))
    .filter(({ offset, length }) => offset + length <= size)
    .map(({ offset, length }) => {
      const bytes = Buffer.alloc(length);
      const end = length - checksumBytes;
      if (key.endsWith(checkedEnding)) bytes.writeUInt32BE(crc32(bytes.subarray(0, end)), end);
      return { offset, bytes };
    });
}

/**
 * The part in the bytes that were read for it.
 * @throws DamagedData if they are too few, or differ from what was written
 */
export function verifiedPart(key: string, { length }: ByteRange, stored: Buffer): Buffer {
  const checked = key.endsWith(checkedEnding);
  if (stored.length < length + (checked ? checksumBytes : 0)) {
    throw new DamagedData(`The stored mail is damaged: the file ${key} is cut off. Restore it from a backup.`);
  }
  const part = stored.subarray(0, length);
  if (checked && crc32(part) !== stored.readUInt32BE(length)) {
    throw new DamagedData(
      `The stored mail is damaged: its checksum in the file ${key} does not match. Restore the file from a backup.`,
    );
  }
  return part;
}
