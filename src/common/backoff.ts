/** Exponential backoff: how long to pause before the next try. */

/** In milliseconds. */
export interface BackoffLimits {
  readonly firstMs: number;
  /** Pauses grow up to this one. */
  readonly longestMs: number;
}

/** The pauses of one thing that is tried again and again. */
export interface Backoff {
  /** After a failure: the pause before the next try, in milliseconds, twice as long each time. */
  next(): number;
  /** After a success: the next pause is the first one again. */
  reset(): void;
}

/** Starts with the first pause. */
export function createBackoff({ firstMs, longestMs }: BackoffLimits): Backoff {
  let nextMs = firstMs;
  return {
    next() {
      const pauseMs = Math.min(nextMs, longestMs);
      nextMs = pauseMs * 2;
      return pauseMs;
    },
    reset() {
      nextMs = firstMs;
    },
  };
}
