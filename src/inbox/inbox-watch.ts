/**
 * Tells of new messages: those of this process with their commit, those of other processes on the same database by
 * looking for them, which happens only while somebody watches.
 */
import type { Commit, CommitFeed } from "../events/commit-feed.ts";
import { firstMessageIdAt } from "../events/message-id.ts";
import type { Database } from "../stores/postgres/database.ts";
import type { Inbox } from "./inbox.ts";
import { type InboxMessage, messageOfCommit } from "./inbox-message.ts";
import { type SentScanServices, scanSent } from "./scan-sent.ts";

export interface InboxWatchServices extends SentScanServices {
  database: Database;
  commits: CommitFeed;
  clock: () => Date;
  log: { warn(details: object, message: string): void };
}

/** How often to look for messages of other processes, in milliseconds. */
const pollMs = 1_000;
/** How much older a message's ID may be than the look that finds it: clocks differ, and commits take time. */
const lagMs = 30_000;
/** How much earlier than the watch a message may seem to be sent that is told, because clocks differ. */
const earliestMs = 5_000;

interface Watcher {
  scope: number | undefined;
  readonly told: (messages: readonly InboxMessage[]) => void;
}

export function createInboxWatch(services: InboxWatchServices): Pick<Inbox, "watch" | "scopeReplaced" | "stop"> {
  const { database, commits, clock, log } = services;
  const watchers = new Set<Watcher>();
  /** IDs of recent messages that were told. */
  let known = new Set<string>();
  /** When the first of those who watch began, in milliseconds since 1970. */
  let began = 0;
  let leaveCommits: (() => void) | undefined;
  let polling: NodeJS.Timeout | undefined;
  /** If watchers leave and others come during a look, it goes on for them. */
  let isLooking = false;
  let stopped = false;
  // Nobody else can use an embedded database.
  const hasOthers = database.kind === "server";

  return {
    watch(scope, told) {
      const watcher = { scope, told };
      if (stopped) return () => {};
      if (watchers.size === 0) began = clock().getTime();
      watchers.add(watcher);
      leaveCommits ??= commits.watch(tellCommitted);
      if (hasOthers && !isLooking) polling ??= setTimeout(look, pollMs);
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) rest();
      };
    },
    scopeReplaced(retired, scope) {
      for (const watcher of watchers) if (watcher.scope === retired) watcher.scope = scope;
    },
    stop() {
      stopped = true;
      watchers.clear();
      rest();
    },
  };

  function rest(): void {
    leaveCommits?.();
    leaveCommits = undefined;
    clearTimeout(polling);
    polling = undefined;
    known.clear();
  }

  function tellCommitted(commit: Commit): void {
    tell(messagesOf(commit));
  }

  function tell(found: readonly InboxMessage[]): void {
    const messages = hasOthers ? found.filter(({ id }) => !known.has(id)) : found;
    if (messages.length === 0) return;
    if (hasOthers) for (const { id } of messages) known.add(id);
    for (const { scope, told } of watchers) {
      const own = scope === undefined ? messages : messages.filter((message) => message.scope === scope);
      if (own.length > 0) told(own);
    }
  }

  async function look(): Promise<void> {
    polling = undefined;
    isLooking = true;
    try {
      const from = firstMessageIdAt(Math.max(began - earliestMs, clock().getTime() - lagMs));
      const scopes = new Set([...watchers].map(({ scope }) => scope));
      const read = scopes.has(undefined) ? [undefined] : [...scopes];
      for (const scope of read) {
        for await (const sent of scanSent(services, { scope, order: "oldest", from })) {
          tell(sent);
        }
      }
      known = new Set([...known].filter((id) => id >= from));
    } catch (error) {
      log.warn({ err: error }, "can't look for the messages of other processes; trying again");
    }
    isLooking = false;
    if (watchers.size > 0) polling ??= setTimeout(look, pollMs);
  }
}

/** The messages that a commit accepted. */
function messagesOf({ entries, events }: Commit): InboxMessage[] {
  const mails = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (entry.kind === "submission") mails.set(entry.submission.messageId, entry.submission.mime);
  }
  return events.flatMap((event) => {
    const mime = mails.get(event.messageId);
    if (event.type !== "SEND" || !mime) return [];
    // Of a message to several recipients, one is enough.
    mails.delete(event.messageId);
    return messageOfCommit(event, mime) ?? [];
  });
}
