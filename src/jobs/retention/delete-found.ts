import type { ObjectStore } from "../../stores/objects/object-store.ts";

/** The number of files deleted at a time: as many as one request to S3 can delete. */
const filesPerDeletion = 1_000;

/** Deletes files while they are found, so that memory doesn't grow with their number. Returns the number of files. */
export async function deleteFound(
  objects: ObjectStore,
  keys: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<number> {
  let removed = 0;
  let found: string[] = [];
  const deleteThem = async () => {
    await objects.deleteAll(found);
    removed += found.length;
    found = [];
  };
  for await (const key of keys) {
    if (signal.aborted) return removed;
    found.push(key);
    if (found.length >= filesPerDeletion) await deleteThem();
  }
  if (found.length > 0 && !signal.aborted) await deleteThem();
  return removed;
}
