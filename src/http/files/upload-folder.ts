/** The folder in the path of an upload URL: the bucket, and the scope unless it is the default one, as in `lists@2`. */
import { defaultScope } from "../../stores/postgres/database.ts";

/** A bucket of a scope's callers. */
export interface ScopedBucket {
  bucket: string;
  scope: number;
}

/** The folder of uploads to a bucket. No bucket has `@` in its name. */
export function uploadFolder({ bucket, scope }: ScopedBucket): string {
  return scope === defaultScope ? bucket : `${bucket}@${scope}`;
}

/** The bucket of a folder whose signature has been verified. */
export function readUploadFolder(folder: string): ScopedBucket {
  const [, bucket, scope] = /^(.*)@(\d+)$/s.exec(folder) ?? [];
  return bucket === undefined ? { bucket: folder, scope: defaultScope } : { bucket, scope: Number(scope) };
}
