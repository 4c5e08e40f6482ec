/**
 * Congestion control per destination (a recipient's domain, or the relay) in this process:
 * - The connection limit starts low, and each success raises it by one, up to the maximum.
 * - A failure of the whole destination halves the limit and starts a rest, which doubles each time until a delivery
 *   succeeds. Mail that waits for a resting destination is not tried, so it uses up none of its retries.
 * This adapts to servers that limit connections per client, whatever their limit is.
 */
import { createBackoff } from "../../common/backoff.ts";

export interface DestinationLimits {
  readonly connections: number;
  /** The first and the longest rest, in milliseconds. */
  readonly restMs: number;
  readonly longestRestMs: number;
}

const firstConnections = 5;

/** The state of one destination. */
export interface Destination {
  /** How many deliveries may be in progress. */
  allowed(): number;
  /** When the rest ends, in milliseconds of the clock that `failed` was called with; 0 if not resting. */
  restsUntil(): number;
  succeeded(): void;
  /** Reports a failure of the whole destination. Of simultaneous deliveries, only one failure counts. */
  failed(now: number): void;
  /** Ends a rest; the next one is as long as if it had passed. */
  endRest(): void;
}

/** Creates the state of a destination that has not been tried yet. */
export function createDestination(limits: DestinationLimits): Destination {
  let allowed = Math.min(firstConnections, limits.connections);
  const rests = createBackoff({ firstMs: limits.restMs, longestMs: limits.longestRestMs });
  let until = 0;
  return {
    allowed: () => Math.floor(allowed),
    restsUntil: () => until,
    succeeded() {
      allowed = Math.min(limits.connections, allowed + 1);
      rests.reset();
      until = 0;
    },
    failed(now) {
      if (now < until) return;
      allowed = Math.max(1, allowed / 2);
      until = now + rests.next();
    },
    endRest() {
      until = 0;
    },
  };
}
