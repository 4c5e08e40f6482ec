/**
 * How often each client may do something: a bucket for each, which fills as time goes by. Only buckets that aren't full
 * are kept, so memory follows the clients of the last minutes.
 */

/** Of one kind of act. */
export interface Allowance {
  /** Takes one of the client's; false where none is left. */
  take(client: string): boolean;
  /** Gives one back that was taken for nothing. */
  giveBack(client: string): void;
}

/** `burst` at once after a pause, then one each `everyMs`. */
export function createAllowance(burst: number, everyMs: number, clock: () => Date): Allowance {
  /** When a client's bucket is full again. */
  const fullAt = new Map<string, number>();

  let sweptAt = 0;

  function sweep(now: number): void {
    if (now - sweptAt < everyMs) return;
    sweptAt = now;
    for (const [client, at] of fullAt) if (at <= now) fullAt.delete(client);
  }

  return {
    take(client) {
      const now = clock().getTime();
      if (fullAt.size > 1000) sweep(now);
      const at = Math.max(fullAt.get(client) ?? now, now) + everyMs;
      if (at - now > burst * everyMs) return false;
      fullAt.set(client, at);
      return true;
    },
    giveBack(client) {
      const at = fullAt.get(client);
      if (at !== undefined) fullAt.set(client, at - everyMs);
    },
  };
}
