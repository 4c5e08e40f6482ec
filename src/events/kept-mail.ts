/** Reads stored mail, as it was accepted, without tracking links and pixel. */
import { buffer } from "node:stream/consumers";
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { ObjectStore } from "../stores/objects/object-store.ts";
import { locationOf } from "./record.ts";

/** The MIME of a message, by its SEND event; undefined if it was not stored or has been removed. */
export async function readKeptMail(objects: Pick<ObjectStore, "read">, sent: EventRow): Promise<Buffer | undefined> {
  const location = locationOf(sent);
  const stream = location && (await objects.read(location.key, location));
  return stream && buffer(stream);
}
