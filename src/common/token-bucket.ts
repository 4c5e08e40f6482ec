/** A token bucket: so much at once after a pause, and then as much as time brings. */

/** What a bucket holds, and how fast it fills. */
export interface TokenBucketRate {
  /** What it holds when it is full, in tokens. */
  readonly burst: number;
  /** So many tokens flow in, evenly, within `everyMs` milliseconds. Whole numbers, so that nothing is lost by rounding. */
  readonly refill: number;
  readonly everyMs: number;
}

/** The tokens that are left. */
export interface TokenBucket {
  /**
   * Takes `cost` tokens. Answers false, and takes none, where fewer than `needed` are left; by default `needed` is `cost`.
   * Where it is less, the bucket may go into debt, which has to be filled up first.
   */
  take(cost: number, needed?: number): boolean;
}

/**
 * A full bucket. `clock` may be the wall clock: set back, it neither fills nor empties anything, and the bucket fills on
 * from the new time.
 */
export function createTokenBucket({ burst, refill, everyMs }: TokenBucketRate, clock: () => Date): TokenBucket {
  // In parts of a token: in a millisecond `refill` of them flow in, and `everyMs` make a token.
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
