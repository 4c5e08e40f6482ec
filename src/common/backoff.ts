/** Exponential backoff between retries. */

export interface BackoffLimits {
  readonly firstMs: number;
  /** The upper limit of a pause. */
  readonly longestMs: number;
}

/** The backoff state of one operation. */
export interface Backoff {
  /** After a failure: the pause before the next try, in milliseconds. It doubles each time. */
  next(): number;
  /** After a success: returns to the first pause. */
  reset(): void;
}

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
