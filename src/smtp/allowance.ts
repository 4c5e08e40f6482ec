/**
 * How often each client may do something: a bucket for each, which fills as time goes by. Only buckets that aren't full
 * are kept, so memory follows the clients of the last minutes.
 */

/** Of one kind of act. */
export interface Allowance {
  /** Takes one of the client's; false where none is left. */
  take(client: string): boolean;
}

/** How many buckets may be kept before those that are full again are looked for. */
const keptUnswept = 1000;

/** `burst` at once after a pause, then one each `everyMs`. */
export function createAllowance(burst: number, everyMs: number, clock: () => Date): Allowance {
  /** When a client's bucket is full again, in milliseconds. */
  const fullAt = new Map<string, number>();
  let sweptAt = 0;

  function sweep(now: number): void {
    if (fullAt.size < keptUnswept || now - sweptAt < burst * everyMs) return;
    sweptAt = now;
    for (const [client, at] of fullAt) if (at <= now) fullAt.delete(client);
  }

  return {
    take(client) {
      const now = clock().getTime();
      sweep(now);
      const known = fullAt.get(client) ?? now;
      // Later than it can be: the clock was set back, and nothing is known.
      const at = (known > now + burst * everyMs ? now : Math.max(known, now)) + everyMs;
      if (at - now > burst * everyMs) return false;
      fullAt.set(client, at);
      return true;
    },
  };
}
