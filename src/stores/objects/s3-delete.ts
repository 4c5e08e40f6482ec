/** Deletes many files of a bucket with few requests. */
import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client, S3ServiceException } from "@aws-sdk/client-s3";

/** The maximum number of keys in a DeleteObjects request. */
const keysPerRequest = 1_000;
/** Requests at a time where the server has no DeleteObjects. */
const requestsAtOnce = 16;

/**
 * Returns a function that deletes files if they exist. It throws if one of them can't be deleted.
 * @param deadline makes the options of a request, with the signal that ends it.
 */
export function createDeleter(
  client: S3Client,
  Bucket: string,
  deadline: () => { abortSignal: AbortSignal },
): (keys: readonly string[]) => Promise<void> {
  // Some S3-compatible servers can delete only one file per request.
  let batches = true;

  return async (keys) => {
    for (let at = 0; at < keys.length; at += keysPerRequest) {
      const some = keys.slice(at, at + keysPerRequest);
      if (!batches || !(await deleteBatch(some))) await deleteSingly(some);
    }
  };

  /** False if the server has no DeleteObjects. */
  async function deleteBatch(keys: readonly string[]): Promise<boolean> {
    try {
      const Objects = keys.map((Key) => ({ Key }));
      const request = new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } });
      const { Errors = [] } = await client.send(request, deadline());
      const failed = Errors.find(({ Code }) => Code !== "NoSuchKey");
      if (failed)
        throw new Error(`S3 could not delete ${failed.Key}: ${failed.Code} ${failed.Message ?? ""}`.trimEnd());
      return true;
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      batches = false;
      return false;
    }
  }

  async function deleteSingly(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += requestsAtOnce) {
      const some = keys.slice(at, at + requestsAtOnce);
      await Promise.all(some.map((Key) => client.send(new DeleteObjectCommand({ Bucket, Key }), deadline())));
    }
  }
}

/** Whether the server refuses the request as such: not implemented, not allowed, or without a header that it wants. */
function isUnsupported(error: unknown): boolean {
  return error instanceof S3ServiceException && [400, 405, 411, 501].includes(error.$metadata.httpStatusCode ?? 0);
}
