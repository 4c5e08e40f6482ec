/** Mail as it was accepted, where it is kept: before links and pixel are put into it. */
import { buffer } from "node:stream/consumers";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { locationOf } from "./record.ts";

/** The MIME of a message, by its SEND; undefined where none was kept, or none is any more. */
export async function readKeptMail(objects: Pick<ObjectStore, "read">, sent: EventRow): Promise<Buffer | undefined> {
  const location = locationOf(sent);
  const stream = location && (await objects.read(location.key, location));
  return stream && buffer(stream);
}
