/** Reads the files of a bucket that the ledger lists as unread. */
import { addAbortSignal, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Database } from "../../stores/postgres/database.ts";
import {
  type MirrorFile,
  type MirrorFileProgress,
  selectUnreadMirrorFiles,
} from "../../stores/postgres/mirror-files.ts";
import { JsonObjectSplitter, type TextPart } from "../json-objects.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Reading, RecordReader } from "../read-records.ts";
import type { SettingsOf } from "../source-settings.ts";
import { longestRecord } from "../unwrap.ts";
import { type Bucket, bucketError, FileError } from "./bucket.ts";
import { createEventInserter, type InserterServices } from "./event-inserter.ts";
import { textOf } from "./file-text.ts";

export interface ReadFilesServices extends InserterServices {
  database: Database;
  bucket: Bucket;
  reader: Pick<RecordReader, "readParts">;
}

/** Files up to this size are prefetched, a few at a time: Firehose writes many small ones. */
const smallBytes = 1 << 20;
const fetchedAhead = 8;
const filesPerPage = 500;
/** When a file is retried that could not be read but may be readable later. */
const retryAfterMs = 60 * 60_000;
/** After this many failures in a row, the run fails: probably no file can be read. */
const mostFailuresInARow = 5;

/** The content of a file; that of a small one is in memory. */
type Content = Promise<AsyncIterable<Uint8Array>>;

/**
 * Reads all files that are due, by key. A file is marked as read once its events are durable.
 * @throws BucketError, FileError, the stores' errors, or the signal's reason; files not marked by then are read again
 */
export async function readFiles(
  source: MirrorSource<SettingsOf<"s3">>,
  services: ReadFilesServices,
  signal: AbortSignal,
): Promise<void> {
  const { database, bucket, reader, clock } = services;
  const inserter = createEventInserter(source, services);
  let failuresInARow = 0;
  try {
    let after = "";
    for (;;) {
      const now = clock();
      const files = await selectUnreadMirrorFiles(database, source.id, { after, now, limit: filesPerPage });
      for await (const [file, content] of aheadOf(files)) await readFile(file, content);
      const last = files.at(-1);
      if (!last) break;
      after = last.key;
    }
    await inserter.flush();
  } finally {
    await inserter.close();
  }

  /** Yields the files with their contents, and prefetches the next small ones. */
  async function* aheadOf(files: readonly MirrorFile[]): AsyncGenerator<[MirrorFile, Content]> {
    const fetched = new Map<MirrorFile, Content>();
    for (const [index, file] of files.entries()) {
      for (const next of files.slice(index, index + fetchedAhead)) {
        if (next.size > smallBytes || fetched.has(next)) continue;
        const content = fetchSmall(next);
        // The error is thrown when the file is read.
        content.catch(() => {});
        fetched.set(next, content);
      }
      yield [file, fetched.get(file) ?? bucket.open(file, signal)];
      fetched.delete(file);
    }
  }

  async function fetchSmall(file: MirrorFile): Promise<AsyncIterable<Uint8Array>> {
    const stream = await bucket.open(file, signal);
    try {
      return Readable.from([await buffer(addAbortSignal(signal, stream))]);
    } catch (error) {
      signal.throwIfAborted();
      throw bucketError(error, source.settings.bucket);
    }
  }

  async function readFile(file: MirrorFile, content: Content): Promise<void> {
    const { key, etag } = file;
    let progress: MirrorFileProgress = { key, etag, events: 0, setAside: 0, read: false };
    let bytes: AsyncIterable<Uint8Array> | undefined;
    try {
      bytes = await content;
      const splitter = new JsonObjectSplitter(longestRecord);
      for await (const chunk of textOf(transferred(bytes))) await take(splitter.push(chunk), false);
      await take(splitter.end(), true);
      failuresInARow = 0;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      failuresInARow = error.retried ? failuresInARow + 1 : 0;
      const retryAt = error.retried ? new Date(clock().getTime() + retryAfterMs) : undefined;
      await inserter.add(nothing, { ...progress, error: { text: error.message, retryAt } });
      if (failuresInARow < mostFailuresInARow) return;
      await inserter.flush();
      throw error;
    } finally {
      // It may not have been read to the end.
      if (bytes instanceof Readable) bytes.destroy();
    }

    async function take(parts: readonly TextPart[], read: boolean): Promise<void> {
      const reading = await reader.readParts(source, parts);
      progress = {
        ...progress,
        events: progress.events + reading.seen.length,
        setAside: progress.setAside + reading.setAside.length,
        read,
      };
      await inserter.add(reading, progress);
    }
  }

  /** Converts errors of a transfer into BucketErrors, and ends it when the signal aborts. */
  async function* transferred(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* content instanceof Readable ? addAbortSignal(signal, content) : content;
    } catch (error) {
      signal.throwIfAborted();
      throw bucketError(error, source.settings.bucket);
    }
  }
}

const nothing: Reading = { events: [], seen: [], setAside: [], validations: 0, metrics: 0 };
