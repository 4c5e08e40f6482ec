/**
 * The feed of what happens, for those who watch: this process's events as soon as they are committed, others' as they reach
 * the event database. It is to be looked at, not counted: it tells at most 100 events four times a second, and where there
 * was more, or a watcher is slow, it tells of a gap.
 *
 *   publish, poll --> pending --(at once, or a quarter of a second after the last)--> recent, numbered --> the watchers
 */
import { randomUUID } from "node:crypto";
import type { LiveEvent } from "../admin-api/live.ts";
import { BoundedMap } from "../common/bounded-map.ts";
import type { MailEvent } from "../events/event.ts";

/** What is told, under a number that a watcher may go on from. */
export interface LiveEntry {
  readonly id: string;
  /** Undefined for a gap: more happened than is told. */
  readonly event: LiveEvent | undefined;
}

/** An event of the event database. */
export interface RecordedEvent {
  readonly eventId: string;
  readonly event: LiveEvent;
}

/** Tells of events. */
export interface LiveFeed {
  publish(events: readonly MailEvent[]): void;
  /**
   * Tells of what comes from now on, or after the entry `after`; where that is not known any more, of a gap first. Answers
   * how to stop it.
   */
  watch(after: string | undefined, tell: (entries: readonly LiveEntry[]) => void): () => void;
  stop(): void;
}

/** What the feed works with. */
export interface LiveFeedServices {
  /** The newest events since a time, the newest first, one more than `limit` where there are more. */
  recorded: (since: Date, limit: number) => Promise<RecordedEvent[]>;
  clock: () => Date;
  log: { warn(details: object, message: string): void };
}

const mostAtOnce = 100;
const paceMs = 250;
const kept = 500;
const pollMs = 2_000;
/** How long an event may take from another process to the event database and still be told. */
const latestMs = 30_000;
/** Ten seconds of 5,000 events each; of more than that, who watches sees gaps in any case. */
const mostKnown = 50_000;

/** Starts the feed. It asks the event database only while somebody watches. */
export function createLiveFeed({ recorded, clock, log }: LiveFeedServices): LiveFeed {
  const feed = randomUUID();
  const watchers = new Set<(entries: readonly LiveEntry[]) => void>();
  /** Ids of events of the last seconds that were told or are about to be. */
  const known = new BoundedMap<string, true>({ capacity: mostKnown, evicts: "oldest" });
  let recent: LiveEntry[] = [];
  let told = 0;
  let pending: LiveEvent[] = [];
  let skipped = false;
  let lastTold = Number.NEGATIVE_INFINITY;
  let pacing: NodeJS.Timeout | undefined;
  let polling: NodeJS.Timeout | undefined;
  let pollFrom = 0;
  let stopped = false;

  return {
    publish(events) {
      if (events.length === 0 || stopped) return;
      if (watchers.size > 0) for (const { id, at } of events) know(id, at.getTime());
      add(events.slice(-mostAtOnce).map(liveEvent), events.length > mostAtOnce);
    },
    watch(after, tell) {
      const missed = after === undefined ? [] : entriesAfter(after);
      if (missed.length > 0) tell(missed);
      if (watchers.size === 0) startPolling();
      watchers.add(tell);
      return () => {
        watchers.delete(tell);
        if (watchers.size === 0) stopPolling();
      };
    },
    stop() {
      stopped = true;
      clearTimeout(pacing);
      stopPolling();
      watchers.clear();
    },
  };

  function add(events: readonly LiveEvent[], more: boolean): void {
    pending.push(...events);
    if (more || pending.length > mostAtOnce) skipped = true;
    if (pending.length > mostAtOnce) pending = pending.slice(-mostAtOnce);
    if (pacing !== undefined) return;
    const wait = lastTold + paceMs - performance.now();
    if (wait <= 0) flush();
    else pacing = setTimeout(flush, wait);
  }

  function flush(): void {
    pacing = undefined;
    lastTold = performance.now();
    const entries = [...(skipped ? [undefined] : []), ...pending].map((event) => ({ id: `${feed}/${++told}`, event }));
    pending = [];
    skipped = false;
    recent = [...recent, ...entries].slice(-kept);
    for (const tell of watchers) tell(entries);
  }

  function entriesAfter(id: string): readonly LiveEntry[] {
    if (id === `${feed}/${told}`) return [];
    const place = recent.findIndex((entry) => entry.id === id);
    return place < 0 ? [{ id: `${feed}/${told}`, event: undefined }] : recent.slice(place + 1);
  }

  function know(id: string, at: number): void {
    if (at >= clock().getTime() - latestMs) known.set(id, true);
  }

  function startPolling(): void {
    pollFrom = clock().getTime();
    polling = setTimeout(poll, pollMs);
  }

  function stopPolling(): void {
    clearTimeout(polling);
    polling = undefined;
    known.clear();
  }

  async function poll(): Promise<void> {
    const oldest = clock().getTime() - latestMs;
    try {
      const found = await recorded(new Date(Math.max(pollFrom, oldest)), mostAtOnce);
      const fresh = found.slice(0, mostAtOnce).filter(({ eventId }) => known.get(eventId) === undefined);
      for (const { eventId, event } of fresh) know(eventId, Date.parse(event.at));
      // That there are more is news only where not all that came was known.
      if (fresh.length > 0) add(fresh.map(({ event }) => event).reverse(), found.length > mostAtOnce);
    } catch (error) {
      log.warn({ err: error }, "the events of other processes can't be read for those who watch; it is tried again");
    }
    if (polling !== undefined && !stopped) polling = setTimeout(poll, pollMs);
  }
}

function liveEvent(event: MailEvent): LiveEvent {
  return {
    type: event.type,
    messageId: event.messageId,
    recipient: event.recipient,
    at: event.at.toISOString(),
    ...(event.type === "SEND" && { subject: event.message.subject ?? "" }),
    ...(event.type === "BOUNCE" && { bounceType: event.bounceType }),
  };
}
