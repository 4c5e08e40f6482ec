/** The file of an import: its location and its uncompressed bytes. */
import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { type FileLocation, isCallersBucket, isCallersKey, parseS3Url } from "../../stores/objects/file-location.ts";
import type { ObjectInfo, ObjectStore } from "../../stores/objects/object-store.ts";
import { ImportError } from "./import-error.ts";

/** The buckets that imports may read, from the settings. */
export interface ImportBuckets {
  /** The allowed buckets; empty for any. */
  readonly buckets: readonly string[];
  /** The bucket with Mailglass's own files, which imports must not read. */
  readonly ownBucket: string | undefined;
}

/** Parses an S3Url; undefined if it, its bucket or its key is invalid. */
export function parseFileLocation(s3Url: string): FileLocation | undefined {
  const location = parseS3Url(s3Url);
  return location && isFileLocation(location) ? location : undefined;
}

/** Why imports may not read a file at this location; undefined if they may. */
export function locationFault(
  location: FileLocation,
  { buckets, ownBucket }: ImportBuckets,
): "not a place for files" | "not an allowed bucket" | undefined {
  if (!isFileLocation(location) || location.bucket === ownBucket) return "not a place for files";
  return buckets.length === 0 || buckets.includes(location.bucket) ? undefined : "not an allowed bucket";
}

/** Whether this is a valid S3 bucket name and a safe key. */
export function isFileLocation({ bucket, key }: FileLocation): boolean {
  return isCallersBucket(bucket) && isCallersKey(key, "file");
}

/** Metadata of a file; throws an `ImportError` if it doesn't exist. */
export async function fileInfo(store: ObjectStore, { bucket, key }: FileLocation): Promise<ObjectInfo> {
  let info: ObjectInfo | undefined;
  try {
    info = await store.info(key);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new ImportError(
      `The bucket <${bucket}> can't be read. Check that it exists and that the server's credentials may read it.`,
    );
  }
  if (!info) {
    throw new ImportError(`There is no file s3://${bucket}/${key}. Put it there and create the job again.`);
  }
  return info;
}

/** Whether this is S3's error for a bucket that doesn't exist or that the server may not access. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ["NoSuchBucket", "AccessDenied", "Forbidden", "403", "PermanentRedirect"].includes(error.name);
}

/**
 * The bytes of a file, uncompressed if it starts like a gzip file (RFC 1952, 2.3.1), whatever its name. Throws an
 * `ImportError` if it can't be uncompressed or is obviously not text.
 */
export async function* fileBytes(store: ObjectStore, key: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const file = await store.read(key);
  if (!file)
    throw new ImportError("The file was removed while it was imported. Put it there and create the job again.");
  // Needed even if no bytes arrive, or none that complete a record.
  const stopReading = () => file.destroy(new Error("the run of the import was aborted"));
  signal.addEventListener("abort", stopReading);
  try {
    signal.throwIfAborted();
    yield* unpacked(file[Symbol.asyncIterator](), false);
  } finally {
    signal.removeEventListener("abort", stopReading);
    file.destroy();
  }
}

/**
 * Uncompresses the bytes of a file if necessary. Throws an `ImportError` like `fileBytes`. `cut` means that they are
 * the beginning of a file and may end anywhere.
 */
export async function* unpacked(chunks: AsyncIterator<Uint8Array>, cut: boolean): AsyncGenerator<Uint8Array> {
  const head = await readHead(chunks);
  if (head.length === 0) throw new ImportError("The file is empty. Put records into it and create the job again.");
  checkMagic(head);
  if (!begins(head, 0x1f, 0x8b)) {
    yield* joined(head, chunks);
    return;
  }
  const packed = Readable.from(joined(head, chunks), { objectMode: false });
  const finishFlush = cut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  const unpacking = createGunzip({ chunkSize: 128 * 1024, finishFlush });
  packed.on("error", (error) => unpacking.destroy(error));
  try {
    yield* packed.pipe(unpacking);
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new ImportError(
      "The file begins as a gzip file but can't be unpacked. Pack it again, or upload it as it is.",
    );
  } finally {
    packed.destroy();
    unpacking.destroy();
  }
}

/**
 * The same bytes, up to a limit (0 for none); throws an `ImportError` beyond it. A gzip file can expand to a thousand
 * times its size.
 */
export async function* limited(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (limit !== 0 && bytes > limit) {
      throw new ImportError(
        `The file has more than ${limit} bytes after it is unpacked. Split it, or raise MAILGLASS_IMPORT_MAX_UNPACKED_BYTES in the server's settings.`,
      );
    }
    yield chunk;
  }
}

async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

function checkMagic(head: Uint8Array): void {
  if (begins(head, 0xff, 0xfe) || begins(head, 0xfe, 0xff)) {
    throw new ImportError("The file is in UTF-16. Save it as UTF-8 and create the job again.");
  }
  if (begins(head, 0x50, 0x4b, 0x03, 0x04)) {
    throw new ImportError(
      "The file is a ZIP archive or a spreadsheet. Save it as CSV or JSON and create the job again.",
    );
  }
}

function begins(bytes: Uint8Array, ...magic: number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

async function* joined(head: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) return;
    yield value;
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
}
