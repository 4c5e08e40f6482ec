/** Tells what was taken out of the inbox by this process: by whichever API, and by resets. */

export interface InboxRemoval {
  /** Whose messages: an account and region; undefined for all. */
  readonly scope: number | undefined;
  /** All that were in the inbox, or some. */
  readonly ids: readonly string[] | "all";
  /** After a reset: the scope that was replaced by `scope`. */
  readonly retired?: number;
}

export interface InboxRemovals {
  /** Returns a function that stops telling. */
  watch(told: (removal: InboxRemoval) => void): () => void;
  tell(removal: InboxRemoval): void;
}

export function createInboxRemovals(): InboxRemovals {
  const watchers = new Set<(removal: InboxRemoval) => void>();
  return {
    watch(told) {
      const watcher = (removal: InboxRemoval) => told(removal);
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    tell(removal) {
      for (const told of watchers) told(removal);
    },
  };
}
