/** The rows shown, beside those that a search finds now. */
import type { MessagePage, MessageRow } from "../../../../src/admin-api/message-search.ts";

/** The rows shown with what has become of them, and how many are new. */
export interface MergedRows {
  readonly rows: MessageRow[];
  /** How many of the newest come before the first row shown. */
  readonly fresh: number;
  /** Whether there may be more than that. */
  readonly more: boolean;
}

/** Both newest first. `newest` is the first page of the same search, read later. */
export function mergeNewest(shown: readonly MessageRow[], newest: MessagePage): MergedRows {
  const key = ({ messageId, recipient }: MessageRow) => `${messageId} ${recipient}`;
  const known = new Set(shown.map(key));
  const now = new Map(newest.messages.map((row) => [key(row), row]));
  // Rows that no longer pass the filters are gone from the newest: the first that is in both parts old from new.
  const old = newest.messages.findIndex((row) => known.has(key(row)));
  const fresh = old < 0 ? newest.messages.length : old;
  return {
    rows: shown.map((row) => now.get(key(row)) ?? row),
    fresh,
    more: old < 0 && newest.next !== undefined && newest.messages.length > 0,
  };
}
