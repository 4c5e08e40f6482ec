/** What runs of a job leave behind that ended with their process just before they could say that they were done. */
import type { ObjectStore } from "../stores/objects/object-store.ts";

/** Removes the files under a prefix, but for the one that is kept. */
export async function deleteOtherFiles(objects: ObjectStore, prefix: string, kept: string | undefined): Promise<void> {
  for await (const { key } of objects.list(prefix)) if (key !== kept) await objects.delete(key);
}
