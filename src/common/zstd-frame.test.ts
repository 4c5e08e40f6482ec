import { randomBytes } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { isWholeZstdFrame } from "./zstd-frame.ts";

const contents: [string, Buffer][] = [
  ["nothing", Buffer.alloc(0)],
  ["a line", Buffer.from('{"id":1}\n')],
  ["lines of several blocks", Buffer.from(Array.from({ length: 20_000 }, (_, id) => `{"id":${id}}\n`).join(""))],
  ["one byte again and again", Buffer.alloc(300_000, "x")],
  ["what can't be compressed", randomBytes(300_000)],
];

describe.each([0, 1])("isWholeZstdFrame, with checksum: %d", (checksum) => {
  const compress = (bytes: Buffer) =>
    zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: checksum } });

  it.each(contents)("takes a frame of %s", (_what, bytes) => {
    expect(isWholeZstdFrame(compress(bytes))).toBe(true);
  });

  it.each(contents)("refuses each beginning of a frame of %s, and one with more behind it", (_what, bytes) => {
    const frame = compress(bytes);
    const step = Math.max(1, Math.floor(frame.length / 5_000));
    for (let length = 0; length < frame.length; length += step) {
      expect(isWholeZstdFrame(frame.subarray(0, length))).toBe(false);
    }
    expect(isWholeZstdFrame(frame.subarray(0, -1))).toBe(false);
    expect(isWholeZstdFrame(Buffer.concat([frame, Buffer.from([0])]))).toBe(false);
    expect(isWholeZstdFrame(Buffer.concat([frame, frame]))).toBe(false);
  });
});

it("refuses what is no frame", () => {
  expect(isWholeZstdFrame(Buffer.from("not zstd, but text"))).toBe(false);
  const frame = zstdCompressSync(Buffer.from("text"));
  // A reserved type of its only block.
  const reserved = Buffer.from(frame);
  reserved[6] = (reserved[6] ?? 0) | 0b110;
  expect(isWholeZstdFrame(reserved)).toBe(false);
});
