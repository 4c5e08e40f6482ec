/** Where callers may have files of their own: `s3://bucket/key`. */
import { assertObjectKey } from "./object-key.ts";

/** What an S3Url says. */
export interface FileLocation {
  bucket: string;
  key: string;
}

/** In a folder store these are Mailglass's own folders, not buckets. */
const ownFolders: ReadonlySet<string> = new Set(["mail", "exports", "imports"]);

/** S3 takes 1,024 bytes; Mailglass puts its own prefix, or a file's name, to some. A folder takes 255 for each name. */
const longestKey = 900;
const longestName = 255;

/** The bucket and the key of an S3Url; undefined where it is none. */
export function parseS3Url(s3Url: string): FileLocation | undefined {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(s3Url) ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** Whether it is a bucket's name, as S3 has them, and not a folder of Mailglass's own. */
export function isCallersBucket(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{2,62}$/.test(name) && !ownFolders.has(name);
}

/** Whether stores take the key, with something of Mailglass's before or behind it. A folder's key may end with `/`. */
export function isCallersKey(key: string, of: "file" | "file or folder"): boolean {
  if (key.length > longestKey || key.split("/").some((name) => name.length > longestName)) return false;
  try {
    assertObjectKey(of === "file" ? key : key.replace(/\/$/, ""));
    return true;
  } catch {
    return false;
  }
}
