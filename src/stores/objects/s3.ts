/** Files in an S3 bucket or an S3-compatible store. Credentials default to the standard AWS environment. */
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { assertObjectKey } from "./object-key.ts";
import type { ByteRange, ObjectInfo, ObjectStore, ObjectWriter } from "./object-store.ts";
import { erasuresOf, isPackKey, newPackKey, storedRange, verifiedPart, withChecksums } from "./pack-checksum.ts";
import { createDeleter } from "./s3-delete.ts";

/** The bucket and how to access it. */
export interface S3Options {
  bucket: string;
  region: string;
  /** The endpoint if it is not AWS's. Buckets are then addressed in the path, which all servers support. */
  endpoint?: string | undefined;
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** How long a call may take, and how long a transfer may stall, in milliseconds; 30 s by default. */
  callWithinMs?: number;
}

/** The maximum lifetime of a signed URL in S3. */
const longestUrlSeconds = 7 * 24 * 3600;
/** A multipart upload buffers up to two parts of this many bytes. S3 allows 10,000 parts: files of up to 80 GB. */
const partBytes = 8 << 20;

/** Opens the store; the bucket must exist. */
export async function openS3(options: S3Options): Promise<ObjectStore> {
  const { bucket: Bucket, endpoint, callWithinMs = 30_000 } = options;
  const client = new S3Client({
    region: options.region,
    endpoint,
    forcePathStyle: endpoint !== undefined,
    credentials: options.credentials,
    // A server that hangs or is cut off must not stop all work.
    requestHandler: { connectionTimeout: Math.min(5_000, callWithinMs), socketTimeout: callWithinMs },
    // Not every server supports the newer checksums.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

  /** For calls that transfer little: all attempts together. */
  const deadline = () => ({ abortSignal: AbortSignal.timeout(callWithinMs) });
  const deleteKeys = createDeleter(client, Bucket, deadline);

  return {
    async appendToPack(prefix, parts) {
      assertObjectKey(prefix);
      const key = newPackKey(prefix);
      const { pieces, positions } = withChecksums(parts);
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: Buffer.concat(pieces) }), deadline());
      return { key, offsets: positions };
    },
    async write(Key, ContentType) {
      assertObjectKey(Key);
      return startUpload(Key, ContentType);
    },
    async read(Key, range) {
      assertObjectKey(Key);
      if (range && isPackKey(Key)) {
        const stored = await readBytes(Key, storedRange(Key, range));
        const bytes = stored && verifiedPart(Key, range, await buffer(stored));
        return bytes && Readable.from(bytes.length === 0 ? [] : [bytes]);
      }
      return readBytes(Key, range);
    },
    async info(key) {
      assertObjectKey(key);
      return infoOf(key);
    },
    async delete(Key) {
      assertObjectKey(Key);
      await client.send(new DeleteObjectCommand({ Bucket, Key }), deadline());
    },
    async deleteAll(keys) {
      for (const key of keys) assertObjectKey(key);
      await deleteKeys(keys);
    },
    async erase(Key, parts) {
      assertObjectKey(Key);
      const stored = await readBytes(Key, undefined);
      if (!stored) return 0;
      // A pack is what some calls at a time brought. Nobody else writes to it.
      const body = await buffer(stored);
      const erasures = erasuresOf(Key, parts, body.length);
      for (const { offset, bytes } of erasures) bytes.copy(body, offset);
      if (erasures.length > 0) await client.send(new PutObjectCommand({ Bucket, Key, Body: body }), deadline());
      return erasures.length;
    },
    async *list(Prefix) {
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }), deadline());
        for (const { Key: key, Size: size = 0, LastModified: modified = new Date(0) } of page.Contents ?? []) {
          if (key !== undefined) yield { key, size, modified };
        }
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    downloadUrl(Key, fileName, expires) {
      assertObjectKey(Key);
      const now = Date.now();
      // A URL is valid for at least a second. If it has expired already, it gets a signing date in the past.
      const signedAt = Math.min(now, expires.getTime() - 1000);
      const seconds = Math.floor((expires.getTime() - signedAt) / 1000);
      const name = fileName.replace(/[^\w.-]/g, "_");
      return getSignedUrl(
        client,
        new GetObjectCommand({ Bucket, Key, ResponseContentDisposition: `attachment; filename="${name}"` }),
        { signingDate: new Date(signedAt), expiresIn: Math.min(longestUrlSeconds, seconds) },
      );
    },
    close: async () => client.destroy(),
  };

  async function readBytes(Key: string, range: ByteRange | undefined): Promise<Readable | undefined> {
    if (range?.length === 0) {
      // HTTP has no empty range.
      return (await infoOf(Key)) && Readable.from([]);
    }
    const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }));
      if (!(Body instanceof Readable)) throw new Error(`S3 returned no stream for ${Key}`);
      return Body;
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      if (error instanceof S3ServiceException && error.name === "InvalidRange") return Readable.from([]);
      throw error;
    }
  }

  async function infoOf(key: string): Promise<ObjectInfo | undefined> {
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket, Key: key }), deadline());
      return { key, size: found.ContentLength ?? 0, modified: found.LastModified ?? new Date(0) };
    } catch (error) {
      if (error instanceof NotFound || error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  function startUpload(Key: string, ContentType: string): ObjectWriter {
    const body = new PassThrough({ highWaterMark: 1 << 20 });
    const upload = new Upload({
      client,
      params: { Bucket, Key, Body: body, ContentType },
      partSize: partBytes,
      queueSize: 2,
    });
    let size = 0;
    let failure: unknown;
    let wake = () => {};
    body.on("drain", () => wake());
    body.on("close", () => wake());
    const done = upload.done();
    // The next write or the end throws the failure. Without this handler, it would be unhandled and end the process.
    done.catch((error: unknown) => {
      failure = error;
      body.destroy();
    });
    return {
      async write(chunk) {
        if (failure !== undefined) throw failure;
        size += chunk.length;
        if (body.write(chunk)) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (failure !== undefined) throw failure;
      },
      async finish() {
        body.end();
        await done;
        return size;
      },
      async abort() {
        const failedBefore = failure !== undefined;
        // Not upload.abort(): it rejects at once and removes the parts later, perhaps after this process has ended. A
        // body that ends prematurely ends the upload in order, after the parts in transit.
        body.destroy();
        try {
          await done;
        } catch (error) {
          if (!failedBefore && !isPrematureClose(error)) throw error;
        }
      },
    };
  }
}

function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
