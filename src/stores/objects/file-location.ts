/** Locations of callers' own files: `s3://bucket/key`. */
import { defaultScope } from "../postgres/database.ts";
import { assertObjectKey } from "./object-key.ts";

/** A parsed S3Url. */
export interface FileLocation {
  bucket: string;
  key: string;
}

/** In a folder store, these names are Mailglass's own folders, not buckets. */
const ownFolders: ReadonlySet<string> = new Set(["mail", "exports", "imports"]);

/** S3 allows 1,024 bytes; Mailglass adds its own prefix or file name to some keys. A folder allows 255 per name. */
const longestKey = 900;
const longestName = 255;

/** The bucket and the key of an S3Url; undefined if it is invalid. */
export function parseS3Url(s3Url: string): FileLocation | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(s3Url) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/**
 * The folder of a bucket inside a folder store. Each scope has buckets of its own: those of scopes other than the default
 * one are in a folder whose name no bucket can have.
 */
export function bucketFolder(bucket: string, scope: number): string {
  return scope === defaultScope ? bucket : `scope_${scope}/${bucket}`;
}

/** Whether this is a valid S3 bucket name and not one of Mailglass's own folders. */
export function isCallersBucket(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{2,62}$/.test(name) && !ownFolders.has(name);
}

/** Whether stores accept the key even with a prefix or suffix of Mailglass's. The key of a folder may end with `/`. */
export function isCallersKey(key: string, of: "file" | "file or folder"): boolean {
  if (key.length > longestKey || key.split("/").some((name) => name.length > longestName)) return false;
  try {
    assertObjectKey(of === "file" ? key : key.replace(/\/$/, ""));
    return true;
  } catch {
    return false;
  }
}
