/** Tells the clients of Mailpit's events what is new in the inbox, and what was taken out of it through any API. */
import type { Inbox } from "../../../inbox/inbox.ts";
import type { InboxRemoval } from "../../../inbox/inbox-removals.ts";
import type { Mailbox } from "./mailbox.ts";
import type { MailboxEvents } from "./mailbox-events.ts";

export interface MailboxChangeServices {
  events: MailboxEvents;
  mailbox: Pick<Mailbox, "summaryOf">;
  inbox: Pick<Inbox, "watch" | "watchRemovals" | "list">;
  /** Is told why clients could not be told. */
  failed: (error: unknown) => void;
}

/** Tells them in order, until the returned function is called. It resolves once nothing is being told any more. */
export function tellChanges({ events, mailbox, inbox, failed }: MailboxChangeServices): () => Promise<void> {
  let told = Promise.resolve();
  /** Whether those who see all scopes will be told that one was emptied. */
  let partlyEmptied = false;

  function next(tell: () => Promise<void> | void): void {
    told = told
      .then(tell)
      .then(() => events.changed())
      .catch(failed);
  }

  function tellRemoved({ scope, ids }: InboxRemoval): void {
    if (ids !== "all") {
      for (const ID of ids) events.tell(scope, "delete", { ID });
    } else if (scope === undefined) {
      events.tell(undefined, "truncate", null);
    } else {
      events.tellExactly(scope, "truncate", null);
      if (partlyEmptied) return;
      partlyEmptied = true;
      next(tellPartlyEmptied);
    }
  }

  /** Mailpit has one mailbox. To those who see all, `prune` says that messages are gone, but not all. */
  async function tellPartlyEmptied(): Promise<void> {
    partlyEmptied = false;
    const left = await inbox.list(undefined, { order: "newest", limit: 1 });
    events.tellExactly(undefined, left.length > 0 ? "prune" : "truncate", null);
  }

  const stopNew = inbox.watch(undefined, (messages) =>
    next(async () => {
      for (const message of messages) events.tell(message.scope, "new", await mailbox.summaryOf(message));
    }),
  );
  const stopRemovals = inbox.watchRemovals((removal) => {
    const { retired, scope } = removal;
    // At once: what is sent next belongs to the new scope.
    if (retired !== undefined && scope !== undefined) events.scopeReplaced(retired, scope);
    next(() => tellRemoved(removal));
  });
  return () => {
    stopNew();
    stopRemovals();
    return told;
  };
}
