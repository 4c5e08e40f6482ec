/** Tells of each commit of this process at once and whole, unlike the live feed, which is paced and leaves out. */
import type { Entry } from "./commit.ts";
import type { MailEvent } from "./event.ts";

/** What a commit wrote. */
export interface Commit {
  readonly entries: readonly Entry[];
  readonly events: readonly MailEvent[];
}

export interface CommitFeed {
  /** Calls `told` after each commit, until the returned function is called. It must return fast, and not throw. */
  watch(told: (commit: Commit) => void): () => void;
}

/** Creates the feed, and what the outbox is to call. */
export function createCommitFeed(): CommitFeed & { publish(commit: Commit): void } {
  const watchers = new Set<(commit: Commit) => void>();
  return {
    watch(told) {
      // A function of its own, so that each watch ends alone.
      const watcher = (commit: Commit) => told(commit);
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
      };
    },
    publish(commit) {
      for (const tell of watchers) tell(commit);
    },
  };
}
