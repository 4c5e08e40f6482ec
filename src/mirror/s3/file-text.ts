/** Reads the text of a file that Firehose wrote. The format is detected from the content, since names may not tell. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { FileError } from "./bucket.ts";

/** Magic bytes of other formats. Firehose can convert to Parquet and ORC, and compress with ZIP and Snappy. */
const otherForms: readonly (readonly [name: string, start: Buffer])[] = [
  ["Parquet", Buffer.from("PAR1")],
  ["ORC", Buffer.from("ORC")],
  ["ZIP", Buffer.from("PK")],
  ["Snappy", Buffer.from("ff060000734e61507059", "hex")],
  ["zstd", Buffer.from("28b52ffd", "hex")],
  ["bzip2", Buffer.from("BZh")],
  ["Avro", Buffer.from("Obj\x01", "latin1")],
];
const gzip = Buffer.from([0x1f, 0x8b]);
/** How many bytes are needed to detect the format. */
const headBytes = 10;
const chunkBytes = 256 << 10;

/**
 * The text in chunks, decompressed if it is compressed with gzip.
 * @throws FileError if the format is not supported or the file is damaged; also the errors of `bytes`
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, all } = await peek(bytes);
  if (!startsWith(head, gzip)) {
    refuseOtherForms(head);
    yield* all;
    return;
  }
  const unpacked = await peek(gunzip(all));
  refuseOtherForms(unpacked.head);
  yield* unpacked.all;
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: chunkBytes });
  const feeding = pipeline(Readable.from(bytes, { objectMode: false }), stream);
  // Reading the stream throws the same error.
  feeding.catch(() => {});
  try {
    yield* stream;
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    throw new FileError(`The file is damaged: its gzip data ends early or is wrong (${cause.message}).`, {
      cause,
      retried: false,
    });
  }
}

function isDamage(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

/** Reads the first bytes; `all` yields them and the rest. */
async function peek(bytes: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; all: AsyncGenerator<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < headBytes) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = head.length === 0 ? Buffer.from(value) : Buffer.concat([head, value]);
  }
  return { head, all: all() };

  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (;;) {
        const { value, done } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  }
}

function refuseOtherForms(head: Buffer): void {
  const [name] = otherForms.find(([, start]) => startsWith(head, start)) ?? [];
  const form = name ?? (isText(head) ? undefined : "binary");
  if (form === undefined) return;
  throw new FileError(`Files in the format ${form} are not supported: only JSON, plain or compressed with gzip.`, {
    retried: false,
  });
}

/** For formats without magic bytes, such as Hadoop's Snappy, which are not text. */
function isText(head: Buffer): boolean {
  const isControl = (byte: number) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d;
  const isNoStart = (byte: number) => (byte >= 0x80 && byte < 0xc2) || byte > 0xf4;
  return !head.subarray(0, headBytes).some(isControl) && !(head.length > 0 && isNoStart(head[0] ?? 0));
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.subarray(0, start.length).equals(start);
}
