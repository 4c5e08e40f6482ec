/**
 * Reads events from Firehose's files in an S3 bucket: the existing files, then new ones. A ledger in the database lists
 * each file by key and ETag, so that it is read once. One process at a time reads a source.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createBackoff } from "../../common/backoff.ts";
import type { AwsClients } from "../../publishing/aws/clients.ts";
import { withLease } from "../../stores/postgres/leases.ts";
import { hasUnreadMirrorFiles } from "../../stores/postgres/mirror-files.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { Pull, PullLog } from "../pull-sources.ts";
import type { SettingsOf } from "../source-settings.ts";
import { BucketError, createBucket, FileError } from "./bucket.ts";
import { listFiles } from "./list-files.ts";
import { type ReadFilesServices, readFiles } from "./read-files.ts";

export interface S3PullServices extends Omit<ReadFilesServices, "bucket"> {
  /** Clients whose calls may take up to 30 s. */
  clients: Pick<AwsClients, "s3" | "call">;
  log: PullLog;
  /** How often to check for new files, in milliseconds; a minute by default. */
  everyMs?: number;
}

/** How often all files are listed, since a new file may have any key. In between, only those that may be new are. */
const listAllEveryMs = 24 * 3_600_000;
const leaseSeconds = 30;
const pauses = { firstMs: 1_000, longestMs: 60_000 };

/** Starts reading. The source's settings must not change until it is stopped. */
export function startS3Pull(source: MirrorSource<SettingsOf<"s3">>, services: S3PullServices): Pull {
  const { clients, database, arrivals, clock, log, everyMs = 60_000 } = services;
  const bucket = createBucket(clients, source.settings);
  const stopping = new AbortController();
  const lease = { name: `mirror-s3 ${source.id}`, holder: randomUUID(), seconds: leaseSeconds };
  const backoff = createBackoff(pauses);
  let failing = false;
  let finished = false;
  const running = run();

  return {
    async stop() {
      stopping.abort(new Error("the source is stopped"));
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopping.signal.aborted && !finished) {
      try {
        // If the lease is taken, another process reads the source.
        await withLease(database, lease, (lost) => readWhile(AbortSignal.any([lost, stopping.signal])));
        if (!finished) await pause(everyMs, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) await failed(error, stopping.signal);
      }
    }
  }

  /** Reads all files, then new ones if the source follows them, until the signal aborts. */
  async function readWhile(signal: AbortSignal): Promise<void> {
    let listAllAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      try {
        const all = performance.now() >= listAllAt;
        if (all || source.settings.follow) {
          await listFiles(source, all ? "all" : "new", { database, bucket, clock, signal });
          if (all) listAllAt = performance.now() + listAllEveryMs;
        }
        await readFiles(source, { ...services, bucket }, signal);
        if (failing) arrivals.note(source.id, { error: null });
        failing = false;
        backoff.reset();
        if (!source.settings.follow && !(await hasUnreadMirrorFiles(database, source.id))) {
          finished = true;
          log.info({ source: source.name }, "all files of a mirror's bucket have been read");
          return;
        }
        await pause(everyMs, signal);
      } catch (error) {
        if (!signal.aborted) await failed(error, signal);
      }
    }
  }

  async function failed(error: unknown, signal: AbortSignal): Promise<void> {
    const retryInMs = backoff.next();
    failing = true;
    log.error({ err: error, source: source.name, retryInMs }, "reading a mirror's bucket failed");
    arrivals.note(source.id, { error: { text: textOf(error), at: clock() } });
    await pause(retryInMs, signal);
  }

  function textOf(error: unknown): string {
    const reason = error instanceof Error ? error.message : String(error);
    return error instanceof BucketError || error instanceof FileError ? reason : `Events can't be recorded: ${reason}`;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
