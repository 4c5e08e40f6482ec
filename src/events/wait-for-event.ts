/** Waits for an event of a message, which may have happened already. */
import type { EventRow } from "../stores/clickhouse/events.ts";
import type { CommitFeed } from "./commit-feed.ts";
import type { EventType } from "./event.ts";

export interface EventWaitServices {
  /** The events of a message, oldest first; none if it does not belong to the scope. */
  history: (messageId: string, scope: number | undefined) => Promise<EventRow[]>;
  commits: CommitFeed;
  /** Whether other processes can use the database: their events are looked for. */
  hasOthers: boolean;
}

export interface AwaitedEvent {
  readonly messageId: string;
  readonly scope: number | undefined;
  readonly type: EventType;
  /** Whose event; undefined for anybody's. Case doesn't matter. */
  readonly recipient: string | undefined;
}

/** How often to look for events of other processes, in milliseconds. */
const pollMs = 1_000;

/** The message's events once the awaited one is among them, or as they are when `signal` aborts. */
export async function waitForEvent(
  { history, commits, hasOthers }: EventWaitServices,
  { messageId, scope, type, recipient }: AwaitedEvent,
  signal: AbortSignal,
): Promise<{ events: EventRow[]; found: boolean }> {
  let committed = false;
  let wake = () => {};
  const rouse = () => wake();
  // Watching before looking: nothing is committed between the two.
  const leave = commits.watch(({ events }) => {
    if (!events.some((event) => event.messageId === messageId && event.type === type)) return;
    committed = true;
    wake();
  });
  signal.addEventListener("abort", rouse, { once: true });
  try {
    while (true) {
      committed = false;
      const events = await history(messageId, scope);
      const found = events.some((event) => event.type === type && isOf(event, recipient));
      if (found || signal.aborted) return { events, found };
      if (committed) continue;
      await new Promise<void>((resolve) => {
        const timer = hasOthers ? setTimeout(resolve, pollMs) : undefined;
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  } finally {
    leave();
    signal.removeEventListener("abort", rouse);
  }
}

/** Whether an event is about a recipient. */
export function isOf({ recipient }: EventRow, wanted: string | undefined): boolean {
  return wanted === undefined || recipient.toLowerCase() === wanted.toLowerCase();
}
