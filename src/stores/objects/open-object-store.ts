import { openFolder } from "./folder.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Options } from "./s3.ts";

/** Opens a folder or a bucket. With `sync`, acknowledged data survives a power failure (in a bucket it always does). */
export async function openObjectStore(options: { folder: string; sync: boolean } | S3Options): Promise<ObjectStore> {
  if ("folder" in options) return openFolder(options.folder, options);
  // Loading the S3 client takes longer than opening a folder store.
  const { openS3 } = await import("./s3.ts");
  return openS3(options);
}
