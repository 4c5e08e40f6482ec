/**
 * The packs of archives. An archive has its own, apart from those of stored mail, whose retention is shorter: one folder
 * per archive, with one per day.
 */
import type { ObjectStore } from "../stores/objects/object-store.ts";
import type { ArchivedMail, NewArchivedMail } from "../stores/postgres/archived-mail.ts";

/** A message to be archived, with its MIME. */
export interface MailToArchive extends Omit<ArchivedMail, "location"> {
  readonly scope: number;
  readonly mime: Uint8Array;
}

/** What the keys of an archive's packs begin with. */
export function archivePrefix(archive: string): string {
  return `archives/${archive}/`;
}

/** The day (UTC) of an archive's pack, such as `2026-11-23`; undefined for another file. */
export function archivedOn(key: string): string | undefined {
  return /^archives\/[^/]+\/(\d{4}\/\d\d\/\d\d)\//.exec(key)?.[1]?.replaceAll("/", "-");
}

/** Writes mail to the packs of its archives; resolves once it would survive the end of this process. */
export async function writeToArchives(
  objects: Pick<ObjectStore, "appendToPack">,
  mail: readonly MailToArchive[],
  now: Date,
): Promise<NewArchivedMail[]> {
  const written: NewArchivedMail[] = [];
  for (const [archive, own] of Map.groupBy(mail, (one) => one.archive)) {
    const { key, offsets } = await objects.appendToPack(
      archivePrefix(archive) + now.toISOString().slice(0, 10).replaceAll("-", "/"),
      own.map(({ mime }) => mime),
    );
    for (const [index, { mime, ...rest }] of own.entries()) {
      const offset = offsets[index];
      if (offset === undefined) throw new Error("the object store returned no place for a message");
      written.push({ ...rest, location: { key, offset, length: mime.length } });
    }
  }
  return written;
}
