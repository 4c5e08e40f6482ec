import type { ObjectStore } from "../../src/stores/objects/object-store.ts";

/** Stores a file whole, for tests. */
export async function putObject(store: ObjectStore, key: string, parts: readonly Uint8Array[]): Promise<void> {
  const writer = await store.write(key, "application/octet-stream");
  for (const part of parts) await writer.write(part);
  await writer.finish();
}
