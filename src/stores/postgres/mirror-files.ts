/** The table mirror_files: its migration describes the columns. */
import type { Queryable } from "./database.ts";

/** A file in a bucket, with the ETag and the size in bytes that it had when it was listed. */
export interface MirrorFile {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
}

/** How much of a file is recorded. */
export interface MirrorFileProgress {
  readonly key: string;
  readonly etag: string;
  readonly events: number;
  readonly setAside: number;
  /** Whether all of it is recorded. */
  readonly read: boolean;
  readonly error?: { readonly text: string; readonly retryAt: Date | undefined } | undefined;
}

/** The progress of a source. */
export interface MirrorFilesTotals {
  readonly files: number;
  readonly filesRead: number;
  /** Files that can't be read, including those that will be retried. */
  readonly filesFailed: number;
  readonly bytes: number;
  readonly bytesRead: number;
  readonly events: number;
  readonly setAside: number;
  /** When the first file was found, and when a file was last read. */
  readonly startedAt: Date | null;
  readonly readAt: Date | null;
  /** Rates, from the files that were read within the last minute. */
  readonly eventsPerSecond: number;
  readonly bytesPerSecond: number;
}

/** A file that can't be read. */
export interface FailedMirrorFile extends MirrorFile {
  readonly error: string;
  readonly retryAt: Date | null;
}

/** Adds files that were listed. A file whose content has changed becomes unread. Empty files count as read. */
export async function addMirrorFiles(
  database: Queryable,
  source: string,
  { files, now }: { files: readonly MirrorFile[]; now: Date },
): Promise<void> {
  if (files.length === 0) return;
  await database.query(
    `INSERT INTO mirror_files (source, key, etag, size, found_at, read_at)
     SELECT $1::uuid, key, etag, size, $5::timestamptz, CASE WHEN size = 0 THEN $5::timestamptz END
     FROM unnest($2::text[], $3::text[], $4::bigint[]) AS found (key, etag, size)
     WHERE EXISTS (SELECT FROM mirror_sources WHERE id = $1::uuid)
     ON CONFLICT (source, key) DO UPDATE SET etag = excluded.etag, size = excluded.size, found_at = excluded.found_at,
       read_at = excluded.read_at, events = 0, set_aside = 0, error = NULL, retry_at = NULL
     WHERE mirror_files.etag <> excluded.etag`,
    [source, files.map(({ key }) => key), files.map(({ etag }) => etag), files.map(({ size }) => size), now],
  );
}

/** A page of the unread files that are due, by key. */
export async function selectUnreadMirrorFiles(
  database: Queryable,
  source: string,
  { after, now, limit }: { after: string; now: Date; limit: number },
): Promise<MirrorFile[]> {
  return database.query(
    `SELECT key, etag, size FROM mirror_files
     WHERE source = $1::uuid AND read_at IS NULL AND key > $2::text AND (error IS NULL OR retry_at <= $3::timestamptz)
     ORDER BY key LIMIT $4::bigint`,
    [source, after, now, limit],
  );
}

/** Whether a source has files that are to be read, now or later. */
export async function hasUnreadMirrorFiles(database: Queryable, source: string): Promise<boolean> {
  const found = await database.query(
    `SELECT FROM mirror_files WHERE source = $1::uuid AND read_at IS NULL AND (error IS NULL OR retry_at IS NOT NULL)
     LIMIT 1`,
    [source],
  );
  return found.length > 0;
}

/** Stores the progress of files. A file whose content has changed in the meantime is left alone. */
export async function updateMirrorFiles(
  database: Queryable,
  source: string,
  { files, now }: { files: readonly MirrorFileProgress[]; now: Date },
): Promise<void> {
  if (files.length === 0) return;
  await database.query(
    `UPDATE mirror_files SET events = told.events, set_aside = told.set_aside, error = told.error, retry_at = told.retry_at,
       read_at = CASE WHEN told.read THEN $9::timestamptz END
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[], $8::timestamptz[])
       AS told (key, etag, events, set_aside, read, error, retry_at)
     WHERE source = $1::uuid AND mirror_files.key = told.key AND mirror_files.etag = told.etag`,
    [
      source,
      files.map(({ key }) => key),
      files.map(({ etag }) => etag),
      files.map(({ events }) => events),
      files.map(({ setAside }) => setAside),
      files.map(({ read }) => read),
      files.map(({ error }) => error?.text ?? null),
      files.map(({ error }) => error?.retryAt ?? null),
      now,
    ],
  );
}

/** The progress of a source. Reads all its rows. */
export async function selectMirrorFilesTotals(
  database: Queryable,
  source: string,
  now: Date,
): Promise<MirrorFilesTotals | undefined> {
  const [totals] = await database.query<MirrorFilesTotals>(
    `SELECT count(*) AS files, count(read_at) AS "filesRead", count(error) AS "filesFailed",
       coalesce(sum(size), 0)::bigint AS bytes,
       coalesce(sum(size) FILTER (WHERE read_at IS NOT NULL), 0)::bigint AS "bytesRead",
       coalesce(sum(events), 0)::bigint AS events, coalesce(sum(set_aside), 0)::bigint AS "setAside",
       min(found_at) AS "startedAt", max(read_at) AS "readAt",
       coalesce(sum(events) FILTER (WHERE read_at > $2::timestamptz - interval '1 minute'), 0)::float8 / 60 AS "eventsPerSecond",
       coalesce(sum(size) FILTER (WHERE read_at > $2::timestamptz - interval '1 minute'), 0)::float8 / 60 AS "bytesPerSecond"
     FROM mirror_files WHERE source = $1::uuid`,
    [source, now],
  );
  return totals;
}

/** A page of the files that can't be read, by key. */
export async function selectFailedMirrorFiles(
  database: Queryable,
  source: string,
  { after, limit }: { after: string; limit: number },
): Promise<FailedMirrorFile[]> {
  return database.query(
    `SELECT key, etag, size, error, retry_at AS "retryAt" FROM mirror_files
     WHERE source = $1::uuid AND read_at IS NULL AND error IS NOT NULL AND key > $2::text ORDER BY key LIMIT $3::bigint`,
    [source, after, limit],
  );
}

/** Whether a source has files that sort before a key and have no time, such as `2026/11/30/21/`, after their prefix. */
export async function hasTimelessMirrorFiles(
  database: Queryable,
  source: string,
  { before, prefix }: { before: string; prefix: string },
): Promise<boolean> {
  const found = await database.query(
    `SELECT FROM mirror_files WHERE source = $1::uuid AND key < $2::text
       AND substr(key, length($3::text) + 1) !~ '^[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{2}/' LIMIT 1`,
    [source, before, prefix],
  );
  return found.length > 0;
}
