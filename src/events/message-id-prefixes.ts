/**
 * The four digits that message IDs begin with. Our own IDs have one prefix; those of mirrored accounts have SES's, which
 * differ by region. Behind it is the time of sending, so that each prefix is in the order of time by itself.
 */
import type { Database } from "../stores/postgres/database.ts";
import { addMessageIdPrefixes, selectMessageIdPrefixes } from "../stores/postgres/message-id-prefixes.ts";
import { ownPrefix, prefixOf } from "./message-id.ts";

export interface MessageIdPrefixes {
  /** The prefixes in use; at least our own. Another process's are known within a second. */
  all(): Promise<readonly string[]>;
  /** Makes sure that the prefixes of these IDs are known, before events with them are recorded. */
  add(messageIds: Iterable<string>): Promise<void>;
}

/** How long what is known of other processes is used, in milliseconds. */
const lagMs = 1_000;

export function createMessageIdPrefixes(database: Database, steadyClock: () => Date): MessageIdPrefixes {
  let known: ReadonlySet<string> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async () => {
    const now = steadyClock().getTime();
    if (known && (database.kind === "embedded" || now - readAt < lagMs)) return known;
    known = new Set([ownPrefix, ...(await selectMessageIdPrefixes(database))]);
    readAt = now;
    return known;
  };
  return {
    all: async () => [...(await read())],
    async add(messageIds) {
      const before = await read();
      const unknown = new Set<string>();
      for (const id of messageIds) if (!before.has(prefixOf(id))) unknown.add(prefixOf(id));
      if (unknown.size === 0) return;
      await addMessageIdPrefixes(database, [...unknown]);
      known = new Set([...before, ...unknown]);
    },
  };
}
