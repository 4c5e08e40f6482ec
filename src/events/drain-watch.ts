/** Waits until the outbox is empty of what was in it. All who wait share one look at the outbox at a time. */
import { setTimeout as delay } from "node:timers/promises";

const lookEveryMs = 20;

export interface DrainServices {
  /** The IDs of the oldest and the newest row of the outbox that is to be moved; undefined if there is none. */
  span(): Promise<{ oldest: number; newest: number } | undefined>;
  /** Called before each look, so that the rows are moved soon. */
  hurry(): void;
}

/** A caller, and the newest row it waits for. */
interface Waiter {
  readonly target: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Creates a function that resolves once all present rows are moved, or rejects with the reason of an aborted signal. */
export function createDrainWatch({ span, hurry }: DrainServices): (signal?: AbortSignal) => Promise<void> {
  const waiters = new Set<Waiter>();
  let watching = false;

  return async (signal) => {
    const target = (await span())?.newest;
    if (target === undefined) return;
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { target, resolve, reject };
    const abort = () => reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    waiters.add(waiter);
    if (!watching) void watch();
    try {
      await promise;
    } finally {
      waiters.delete(waiter);
      signal?.removeEventListener("abort", abort);
    }
  };

  /** Looks for all waiters, until none is left. */
  async function watch(): Promise<void> {
    watching = true;
    while (waiters.size > 0) {
      hurry();
      try {
        const left = await span();
        for (const waiter of waiters) {
          if (left !== undefined && left.oldest <= waiter.target) continue;
          waiters.delete(waiter);
          waiter.resolve();
        }
      } catch (error) {
        for (const waiter of waiters) waiter.reject(error);
        waiters.clear();
      }
      await delay(lookEveryMs);
    }
    watching = false;
  }
}
