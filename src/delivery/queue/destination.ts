/**
 * How hard a destination (a recipient's domain, or the relay) is pressed by this process:
 * - connections start at a few, and each success allows one more, up to the limit;
 * - a failure of the destination as a whole halves them, and lets it rest: for a moment at first, then twice as long each
 *   time, until something succeeds. Mail that waits for it is not tried meanwhile, and so loses none of its tries.
 * A server that limits connections by client is met this way at the number that it takes, whatever its limit.
 */
import { createBackoff } from "../../common/backoff.ts";

/** What bounds a destination. */
export interface DestinationLimits {
  readonly connections: number;
  /** The first rest and the longest, in milliseconds. */
  readonly restMs: number;
  readonly longestRestMs: number;
}

const firstConnections = 5;

/** The state of one destination. */
export interface Destination {
  /** How many deliveries may be under way. */
  allowed(): number;
  /** Until when it rests, in milliseconds of the clock that the failures were told by; 0 where it does not. */
  restsUntil(): number;
  succeeded(): void;
  /** The destination as a whole failed. Of deliveries that were under way together, one counts. */
  failed(now: number): void;
}

/** A destination of which nothing is known yet. */
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
  };
}
