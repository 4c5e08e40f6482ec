/** A token bucket: allows a burst, then a steady rate. */

export interface TokenBucketRate {
  /** The capacity, in tokens. */
  readonly burst: number;
  /** `refill` tokens flow in evenly every `everyMs` milliseconds. Whole numbers, so that rounding loses nothing. */
  readonly refill: number;
  readonly everyMs: number;
}

export interface TokenBucket {
  /**
   * Takes `cost` tokens. Returns false and takes none if fewer than `needed` (by default `cost`) are left. If `needed`
   * is less than `cost`, the bucket may go into debt, which has to be refilled first.
   */
  take(cost: number, needed?: number): boolean;
}

/**
 * Creates a full bucket. `clock` may be the wall clock: if it is set back, the level stays and the bucket refills from
 * the new time.
 */
export function createTokenBucket({ burst, refill, everyMs }: TokenBucketRate, clock: () => Date): TokenBucket {
  // Counts in parts of a token: each millisecond adds `refill` parts, and `everyMs` parts make a token.
  const capacity = burst * everyMs;
  let left = capacity;
  let filledAt = clock().getTime();
  return {
    take(cost, needed = cost) {
      const now = clock().getTime();
      left = Math.min(capacity, left + Math.max(0, now - filledAt) * refill);
      filledAt = now;
      if (left < needed * everyMs) return false;
      left -= cost * everyMs;
      return true;
    },
  };
}
