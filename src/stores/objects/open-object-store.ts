import { openFolder } from "./folder.ts";
import type { ObjectStore } from "./object-store.ts";
import { openS3, type S3Options } from "./s3.ts";

/** Opens a folder or a bucket. With `sync`, acknowledged data survives a power failure (in a bucket it always does). */
export function openObjectStore(options: { folder: string; sync: boolean } | S3Options): Promise<ObjectStore> {
  return "folder" in options ? openFolder(options.folder, options) : openS3(options);
}
