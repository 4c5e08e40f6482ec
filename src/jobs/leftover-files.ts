/** Files left behind by runs whose process ended just before it could complete the job. */
import type { ObjectStore } from "../stores/objects/object-store.ts";

/** Deletes the files with a prefix, except the one that is kept. */
export async function deleteOtherFiles(objects: ObjectStore, prefix: string, kept: string | undefined): Promise<void> {
  for await (const { key } of objects.list(prefix)) if (key !== kept) await objects.delete(key);
}
