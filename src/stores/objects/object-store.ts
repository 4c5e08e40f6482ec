/** Files by key: captured mail, export files. A folder or an S3 bucket holds them. */
import type { Readable } from "node:stream";

/** A file being written. Nobody sees it under its key before `finish` resolves. */
export interface ObjectWriter {
  /** Resolves when the next chunk may come. */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Lets somebody else append to the file, by its path on this machine, where it has one (a folder's). Nothing else may
   * be written meanwhile.
   */
  readonly appendWith?: (append: (path: string) => Promise<void>) => Promise<void>;
  /** Makes the file visible, whole; resolves to its size in bytes. */
  finish(): Promise<number>;
  /** Throws away what was written. Safe to call at any time; after `finish` it does nothing. */
  abort(): Promise<void>;
}

/** A part of a file, in bytes. What lies beyond its end is left out. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** Where small files lie in a larger one. */
export interface PackedFile {
  key: string;
  /** Where the first of them begins, in bytes; the others follow it. */
  offset: number;
}

/** What is known of a stored file without reading it. */
export interface ObjectInfo {
  key: string;
  size: number;
  modified: Date;
}

/** A store of files. Keys are relative paths of letters, digits, `.`, `_`, `-` and `/`; no part begins with a dot. */
export interface ObjectStore {
  /**
   * Stores small files one behind the other in a pack whose key begins with `prefix`; resolves once they would survive
   * the end of this process. A folder appends to one file for many calls, a bucket has an object for each call.
   */
  appendToPack(prefix: string, parts: readonly Uint8Array[]): Promise<PackedFile>;
  /** Starts a file that is written as a stream. */
  write(key: string, contentType: string): Promise<ObjectWriter>;
  /** The bytes of a file or of a part of it; undefined where there is no such file. */
  read(key: string, range?: ByteRange): Promise<Readable | undefined>;
  /** Size and age; undefined where there is no such file. */
  info(key: string): Promise<ObjectInfo | undefined>;
  /** Removes a file; fine if there is none. */
  delete(key: string): Promise<void>;
  /** The files whose key starts with `prefix`. */
  list(prefix: string): AsyncIterable<ObjectInfo>;
  /**
   * A URL that answers the file as a download named `fileName` until `expires`, signed by the store itself;
   * undefined where the store has no server of its own (a folder).
   */
  downloadUrl(key: string, fileName: string, expires: Date): Promise<string> | undefined;
  close(): Promise<void>;
}
