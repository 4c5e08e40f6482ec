/**
 * The live feed of events: those of this process as soon as they are committed, those of others once they are in the
 * event database. It is meant to be watched, not counted: it passes on at most 100 events four times a second. If there
 * are more, or a watcher is slow, it reports a gap. Events of all scopes share the feed; a watcher of one scope hears
 * only of its events and of gaps that may have had some.
 *
 *   publish, poll --> pending --(at once, or a quarter of a second after the last)--> recent, numbered --> the watchers
 */
import { randomUUID } from "node:crypto";
import type { LiveEvent } from "../admin-api/live.ts";
import { BoundedMap } from "../common/bounded-map.ts";
import type { MailEvent } from "../events/event.ts";

/** An entry of the feed. A watcher can resume from its ID. */
export interface LiveEntry {
  readonly id: string;
  /** Undefined for a gap: events were skipped. */
  readonly event: LiveEvent | undefined;
}

/** An event in the feed, and the account and region of its message. */
interface ScopedEvent {
  readonly scope: number;
  readonly event: LiveEvent;
}

/** An event read from the event database. */
export interface RecordedEvent extends ScopedEvent {
  readonly eventId: string;
}

export interface LiveFeed {
  publish(events: readonly MailEvent[]): void;
  /**
   * Passes new entries of a scope (of all if it is undefined) to `tell`, starting after the entry `after`, or with a gap
   * if that entry is no longer known. Returns a function that stops this.
   */
  watch(
    scope: number | undefined,
    after: string | undefined,
    tell: (entries: readonly LiveEntry[]) => void,
  ): () => void;
  /** To be called after a scope was replaced: whoever watches it watches the new one. */
  scopeReplaced(retired: number, scope: number): void;
  stop(): void;
}

/** Who watches, and what. */
interface Watcher {
  scope: number | undefined;
  readonly tell: (entries: readonly LiveEntry[]) => void;
}

export interface LiveFeedServices {
  /** The newest events since a time, newest first; one more than `limit` if there are more. */
  recorded: (since: Date, limit: number) => Promise<RecordedEvent[]>;
  clock: () => Date;
  log: { warn(details: object, message: string): void };
}

const mostAtOnce = 100;
const paceMs = 250;
const kept = 500;
const pollMs = 2_000;
/** The maximum age of another process's event when it reaches the event database; older ones are dropped. */
const latestMs = 30_000;
/** Ten seconds of 5,000 events each; of more than that, who watches sees gaps in any case. */
const mostKnown = 50_000;

/** An entry, and the scopes that it concerns. */
interface ScopedEntry extends LiveEntry {
  readonly scopes: Scopes;
}

/** One scope, some, or any. */
type Scopes = number | ReadonlySet<number> | "any";

function concerns(scopes: Scopes, scope: number): boolean {
  return scopes === scope || scopes === "any" || (typeof scopes === "object" && scopes.has(scope));
}

/** Starts the feed. It queries the event database only while it has watchers. */
export function createLiveFeed({ recorded, clock, log }: LiveFeedServices): LiveFeed {
  const feed = randomUUID();
  const watchers = new Set<Watcher>();
  /** IDs of recent events that are in the feed or about to be. */
  const known = new BoundedMap<string, true>({ capacity: mostKnown, evicts: "oldest" });
  let recent: ScopedEntry[] = [];
  let told = 0;
  let pending: ScopedEvent[] = [];
  /** The scopes of skipped events. */
  let skipped: Set<number> | "any" = new Set();
  let lastTold = Number.NEGATIVE_INFINITY;
  let pacing: NodeJS.Timeout | undefined;
  let polling: NodeJS.Timeout | undefined;
  /** Whether a poll is in progress: if watchers leave and others come meanwhile, it goes on for them. */
  let pollInProgress = false;
  let pollFrom = 0;
  let stopped = false;

  return {
    publish(events) {
      if (events.length === 0 || stopped) return;
      if (watchers.size > 0) for (const { id, at } of events) know(id, at.getTime());
      skip(events.slice(0, -mostAtOnce));
      add(events.slice(-mostAtOnce).map(liveEvent));
    },
    watch(scope, after, tell) {
      const watcher: Watcher = { scope, tell };
      if (after !== undefined) tellOne(watcher, entriesAfter(after));
      if (watchers.size === 0) startPolling();
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) stopPolling();
      };
    },
    scopeReplaced(retired, scope) {
      for (const watcher of watchers) if (watcher.scope === retired) watcher.scope = scope;
    },
    stop() {
      stopped = true;
      clearTimeout(pacing);
      stopPolling();
      watchers.clear();
    },
  };

  function skip(events: readonly { readonly scope: number }[]): void {
    if (skipped !== "any") for (const { scope } of events) skipped.add(scope);
  }

  function add(events: readonly ScopedEvent[]): void {
    pending.push(...events);
    if (pending.length > mostAtOnce) {
      skip(pending.slice(0, -mostAtOnce));
      pending = pending.slice(-mostAtOnce);
    }
    if (pacing !== undefined) return;
    const wait = lastTold + paceMs - performance.now();
    if (wait <= 0) flush();
    else pacing = setTimeout(flush, wait);
  }

  function flush(): void {
    pacing = undefined;
    lastTold = performance.now();
    const gap = skipped === "any" || skipped.size > 0 ? [{ scopes: skipped, event: undefined }] : [];
    const events = pending.map(({ scope, event }) => ({ scopes: scope, event }));
    const entries = [...gap, ...events].map((entry) => ({ id: `${feed}/${++told}`, ...entry }));
    pending = [];
    skipped = new Set();
    recent = [...recent, ...entries].slice(-kept);
    for (const watcher of watchers) tellOne(watcher, entries);
  }

  function tellOne({ scope, tell }: Watcher, entries: readonly ScopedEntry[]): void {
    const own = scope === undefined ? entries : entries.filter(({ scopes }) => concerns(scopes, scope));
    if (own.length > 0) tell(own.map(({ id, event }) => ({ id, event })));
  }

  function entriesAfter(id: string): readonly ScopedEntry[] {
    if (id === `${feed}/${told}`) return [];
    const place = recent.findIndex((entry) => entry.id === id);
    return place < 0 ? [{ id: `${feed}/${told}`, event: undefined, scopes: "any" }] : recent.slice(place + 1);
  }

  function know(id: string, at: number): void {
    if (at >= clock().getTime() - latestMs) known.set(id, true);
  }

  function startPolling(): void {
    pollFrom = clock().getTime();
    if (!pollInProgress) polling = setTimeout(poll, pollMs);
  }

  function stopPolling(): void {
    clearTimeout(polling);
    polling = undefined;
    known.clear();
  }

  async function poll(): Promise<void> {
    pollInProgress = true;
    const oldest = clock().getTime() - latestMs;
    try {
      const found = await recorded(new Date(Math.max(pollFrom, oldest)), mostAtOnce);
      const fresh = found.slice(0, mostAtOnce).filter(({ eventId }) => known.get(eventId) === undefined);
      for (const { eventId, event } of fresh) know(eventId, Date.parse(event.at));
      // Report a gap only if some of the events are new.
      if (fresh.length > 0 && found.length > mostAtOnce) skipped = "any";
      if (fresh.length > 0) add(fresh.reverse());
    } catch (error) {
      log.warn({ err: error }, "can't read the events of other processes for the live feed; trying again");
    }
    pollInProgress = false;
    if (watchers.size > 0 && !stopped) polling = setTimeout(poll, pollMs);
  }
}

function liveEvent(event: MailEvent): ScopedEvent {
  return {
    scope: event.scope,
    event: {
      type: event.type,
      messageId: event.messageId,
      recipient: event.recipient,
      at: event.at.toISOString(),
      ...(event.type === "SEND" && { subject: event.message.subject ?? "" }),
      ...(event.type === "BOUNCE" && { bounceType: event.bounceType }),
    },
  };
}
