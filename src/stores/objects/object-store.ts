/** Files by key, such as captured mail and export files, in a folder or an S3 bucket. */
import type { Readable } from "node:stream";

/** A file being written. It becomes visible under its key when `finish` resolves. */
export interface ObjectWriter {
  /** Resolves when the next chunk can be written. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Passes the file's path on this machine to `append`, which appends to the file. Only in a folder. Nothing else may
   * be written meanwhile.
   */
  readonly appendWith?: (append: (path: string) => Promise<void>) => Promise<void>;
  /** Makes the complete file visible; resolves to its size in bytes. */
  finish(): Promise<number>;
  /** Discards the file. Safe to call at any time; does nothing after `finish`. */
  abort(): Promise<void>;
}

/** A range of a file in bytes. The part beyond the end of the file is ignored. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** The locations of small files within a larger one. */
export interface PackedFiles {
  key: string;
  /** The byte offset of each, in their order. */
  offsets: readonly number[];
}

/** Metadata of a stored file. */
export interface ObjectInfo {
  key: string;
  size: number;
  modified: Date;
}

/** Opens the store of a bucket that callers of a scope may name. */
export type OpenBucket = (bucket: string, scope: number) => Promise<ObjectStore>;

/** A store of files. Keys are relative paths of letters, digits, `.`, `_`, `-` and `/`; no part begins with a dot. */
export interface ObjectStore {
  /**
   * Stores small files in a pack whose key begins with `prefix`, each with a checksum; resolves once they would survive
   * the end of this process. A folder appends many calls to one file; a bucket has an object per call.
   */
  appendToPack(prefix: string, parts: readonly Uint8Array[]): Promise<PackedFiles>;
  /** Starts a file that is written in chunks. */
  write(key: string, contentType: string): Promise<ObjectWriter>;
  /**
   * The bytes of a file or of a range of it; undefined if the file doesn't exist. A range of a pack must be one of its
   * small files. Rejects with `DamagedData` if that is not what was stored.
   */
  read(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /** Metadata of a file; undefined if it doesn't exist. */
  info(key: string): Promise<ObjectInfo | undefined>;
  /** Deletes a file if it exists. */
  delete(key: string): Promise<void>;
  /** Deletes files if they exist; in a bucket, up to a thousand per request. */
  deleteAll(keys: readonly string[]): Promise<void>;
  /**
   * Overwrites small files of a pack with zeros, and leaves the others. Resolves to how many of them there were: none of
   * a pack that doesn't exist. Twice is as once.
   */
  erase(key: string, parts: readonly ByteRange[]): Promise<number>;
  /** The files whose keys begin with `prefix`, in the order of their keys. Files may be deleted meanwhile. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /**
   * A URL, signed by the store, that downloads the file as `fileName` until `expires`. Undefined if the store has no
   * server of its own (a folder).
   */
  downloadUrl(key: string, fileName: string, expires: Date): Promise<string> | undefined;
  close(): Promise<void>;
}
