/** Lists and reads the files of an S3 bucket. */
import { Readable } from "node:stream";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { failureOf } from "../../publishing/aws/failure.ts";
import type { MirrorFile } from "../../stores/postgres/mirror-files.ts";

export interface Bucket {
  /**
   * Lists the files with a prefix whose keys sort after `after`, in pages, by key.
   * @throws BucketError, or the signal's reason
   */
  list(prefix: string, after: string, signal: AbortSignal): AsyncIterable<MirrorFile[]>;
  /**
   * Opens the content of a file, which must not have changed since it was listed.
   * @throws FileError, BucketError, or the signal's reason
   */
  open(file: MirrorFile, signal: AbortSignal): Promise<Readable>;
}

/** An S3 call failed. The message is one sentence for the operator, without secrets. */
export class BucketError extends Error {
  override name = "BucketError";
}

/** This file can't be read; others may be readable. The message is for the operator. */
export class FileError extends Error {
  override name = "FileError";
  /** Whether the same content may be readable later. */
  readonly retried: boolean;

  constructor(message: string, options: ErrorOptions & { retried: boolean }) {
    super(message, options);
    this.retried = options.retried;
  }
}

/** S3's error codes that are about one file, with the explanation for the operator. */
const fileErrors: Readonly<Record<string, string>> = {
  AccessDenied:
    "access was denied; allow s3:GetObject, and kms:Decrypt if it is encrypted, for Mailglass's credentials",
  InvalidObjectState: "it is archived; restore it to have it read",
  NoSuchKey: "it was deleted before it was read",
  PreconditionFailed: "it was replaced before it was read",
};

export function createBucket(
  { s3, call }: Pick<AwsClients, "s3" | "call">,
  { bucket: Name, region }: { bucket: string; region: string },
): Bucket {
  return {
    async *list(prefix, after, signal) {
      let ContinuationToken: string | undefined;
      do {
        const input = { Bucket: Name, Prefix: prefix, StartAfter: after || undefined, ContinuationToken };
        const page = await attempt("s3:ListBucket", signal, async () => {
          const client = await s3(region);
          return call(client, (options) => client.listObjectsV2(input, options), { signal });
        });
        yield (page.Contents ?? []).flatMap(({ Key: key, ETag: etag = "", Size: size = 0 }) =>
          key === undefined ? [] : [{ key, etag, size }],
        );
        ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (ContinuationToken !== undefined);
    },
    open: ({ key: Key, etag: IfMatch }, signal) =>
      attempt("s3:GetObject", signal, async () => {
        const client = await s3(region);
        try {
          // Not through `call`, whose deadline would also end the transfer. The client aborts a stalled one.
          const { Body } = await client.getObject({ Bucket: Name, Key, IfMatch }, { abortSignal: signal });
          if (!(Body instanceof Readable)) throw new Error("S3 returned no stream");
          return Body;
        } catch (cause) {
          const code = cause instanceof Error ? cause.name : "";
          const text = Object.hasOwn(fileErrors, code) ? fileErrors[code] : undefined;
          if (text === undefined) throw cause;
          throw new FileError(`The file can't be read: ${text}.`, { cause, retried: code !== "NoSuchKey" });
        }
      }),
  };

  async function attempt<Output>(permission: string, signal: AbortSignal, run: () => Promise<Output>): Promise<Output> {
    try {
      return await run();
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof FileError) throw cause;
      throw bucketError(cause, Name, permission);
    }
  }
}

/** The error for a failed call, or for an interrupted transfer. */
export function bucketError(cause: unknown, bucket: string, permission = "s3:GetObject"): BucketError {
  const { error } = failureOf(cause, { name: `S3 bucket ${bucket}`, permission, setting: "source" });
  return new BucketError(error, { cause });
}
