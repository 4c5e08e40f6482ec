/** Finds the files of a bucket, and writes new ones into the ledger. */
import type { Database } from "../../stores/postgres/database.ts";
import { addMirrorFiles, hasTimelessMirrorFiles } from "../../stores/postgres/mirror-files.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { SettingsOf } from "../source-settings.ts";
import type { Bucket } from "./bucket.ts";

/** Firehose tries to write for up to a day, and its clock is not ours. */
const lateMs = 48 * 3_600_000;

/**
 * Lists a source's files.
 * @param which `all`, or only those that may be `new` since all were listed
 * @throws BucketError, what the database throws, or the signal's reason
 */
export async function listFiles(
  source: MirrorSource<SettingsOf<"s3">>,
  which: "all" | "new",
  services: { database: Database; bucket: Bucket; clock: () => Date; signal: AbortSignal },
): Promise<void> {
  const { database, bucket, clock, signal } = services;
  const { prefix } = source.settings;
  const after = which === "all" ? "" : await firstNew();
  for await (const files of bucket.list(prefix, after, signal)) {
    await addMirrorFiles(database, source.id, { files, now: clock() });
  }

  /** The key after which new files come: Firehose's keys have the time, as in `2026/11/30/21/`, after the prefix. */
  async function firstNew(): Promise<string> {
    const hour = new Date(clock().getTime() - lateMs).toISOString().slice(0, 13).replaceAll(/[-T]/g, "/");
    const before = `${prefix}${hour}`;
    return (await hasTimelessMirrorFiles(database, source.id, { before, prefix })) ? "" : before;
  }
}
