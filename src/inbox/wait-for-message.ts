/** Waits for a message that matches, which can be in the inbox already. */
import type { Inbox, InboxRange } from "./inbox.ts";
import { compileFilter, type InboxFilter } from "./inbox-filter.ts";
import type { InboxMessage } from "./inbox-message.ts";

export interface WaitedFor extends Omit<InboxRange, "order"> {
  readonly matching: InboxFilter;
  /** The number of the message, from 0, oldest first; undefined for the newest one. */
  readonly index: number | undefined;
}

/** What a wait saw that didn't match. */
export interface Arrivals {
  readonly count: number;
  /** The newest ones, newest first. */
  readonly newest: readonly InboxMessage[];
}

/** How a wait ended: with the message, or because a signal aborted. */
export type Waited =
  | { readonly message: InboxMessage }
  | { readonly message: undefined; readonly arrived: Arrivals; readonly matched: number };

/** When a wait ends. */
export interface WaitSignals {
  /** The time is over: what is in the inbox is still looked at. */
  readonly late: AbortSignal;
  /** Nobody wants the answer any more. */
  readonly gone: AbortSignal;
}

const mostShown = 20;
/** A message that is committed during the look can be found twice, but only among the newest ones. */
const mostKnown = 10_000;

/**
 * Resolves with the message, or once a signal aborts with what arrived instead. Each message is matched once.
 * @throws PatternError, SlowPattern
 */
export async function waitForMessage(
  inbox: Pick<Inbox, "scan" | "watch">,
  scope: number | undefined,
  { matching, index, ...range }: WaitedFor,
  { late, gone }: WaitSignals,
): Promise<Waited> {
  const matches = compileFilter(matching);
  const isInRange = rangeTest(range);
  const known = new Set<string>();
  const matched = new Map<string, InboxMessage>();
  const others = new Arrived();
  /** New messages that have not been matched yet. */
  let pending: InboxMessage[] = [];
  let wake = () => {};
  // Watching before looking: nothing is committed between the two.
  const leave = inbox.watch(scope, (messages) => {
    pending.push(...messages.filter(isInRange));
    wake();
  });
  const rouse = () => wake();
  for (const signal of [late, gone]) signal.addEventListener("abort", rouse, { once: true });
  try {
    await look();
    while (true) {
      const message = wanted();
      if (message) return { message };
      if (late.aborted || gone.aborted) return { message: undefined, arrived: others, matched: matched.size };
      await arrival();
      await check(takePending());
    }
  } finally {
    leave();
    for (const signal of [late, gone]) signal.removeEventListener("abort", rouse);
  }

  /** Looks through the inbox. What is sent meanwhile is newer, so it comes before what is left of it. */
  async function look(): Promise<void> {
    const pages = inbox.scan(scope, { ...range, order: "newest" })[Symbol.asyncIterator]();
    try {
      let next: ReturnType<typeof pages.next> | undefined;
      while (!gone.aborted) {
        next ??= pages.next();
        const page = await Promise.race([next, arrival()]);
        await check(takePending());
        if (page && !page.done) await check(page.value);
        if (page?.done || (index === undefined && matched.size > 0)) return;
        if (page) next = undefined;
      }
    } finally {
      // Not awaited: a page may be being read. Nobody needs it, nor the error if that fails.
      pages.return?.(undefined).catch(() => {});
    }
  }

  /** Resolves once something is pending, or a signal aborts. */
  function arrival(): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      if (pending.length > 0) resolve();
    });
  }

  function takePending(): InboxMessage[] {
    const arrived = pending;
    pending = [];
    return arrived;
  }

  async function check(messages: readonly InboxMessage[]): Promise<void> {
    const fresh = messages.filter(({ id }) => !known.has(id));
    for (const { id } of fresh) if (known.size < mostKnown) known.add(id);
    const found = await matches(fresh);
    for (const message of found) matched.set(message.id, message);
    others.add(fresh.filter(({ id }) => !matched.has(id)));
  }

  function wanted(): InboxMessage | undefined {
    const inOrder = [...matched.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return index === undefined ? inOrder.at(-1) : inOrder[index];
  }
}

class Arrived implements Arrivals {
  count = 0;
  newest: readonly InboxMessage[] = [];

  add(messages: readonly InboxMessage[]): void {
    this.count += messages.length;
    this.newest = [...this.newest, ...messages].sort((a, b) => (a.id > b.id ? -1 : 1)).slice(0, mostShown);
  }
}

function rangeTest({ since, after }: Omit<InboxRange, "order">): (message: InboxMessage) => boolean {
  return ({ id, at }) => (since === undefined || at >= since) && (after === undefined || id > after);
}
