/** Lists the files of a bucket, and adds new ones to the ledger. */
import type { Database } from "../../stores/postgres/database.ts";
import { addMirrorFiles, hasTimelessMirrorFiles } from "../../stores/postgres/mirror-files.ts";
import type { MirrorSource } from "../mirror-source.ts";
import type { SettingsOf } from "../source-settings.ts";
import type { Bucket } from "./bucket.ts";

/** How late a file may appear: Firehose retries writes for up to a day, and its clock may differ from ours. */
const lateMs = 48 * 3_600_000;

/**
 * Lists a source's files.
 * @param which `all`, or only those that may be `new` since all were listed
 * @throws BucketError, the database's errors, or the signal's reason
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

  /** The key after which new files sort: Firehose's keys have the time after the prefix, as in `2026/11/30/21/`. */
  async function firstNew(): Promise<string> {
    const hour = new Date(clock().getTime() - lateMs).toISOString().slice(0, 13).replaceAll(/[-T]/g, "/");
    const before = `${prefix}${hour}`;
    return (await hasTimelessMirrorFiles(database, source.id, { before, prefix })) ? "" : before;
  }
}
