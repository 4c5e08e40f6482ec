/**
 * SES's API throttles (facts 1.1, of AWS's quotas page and the model): sending has limits of its own, every other operation
 * takes one call a second, BatchGetMetricData 16 calls and 160 queries a second. A token bucket for each operation, for the
 * whole account, in this process: servers that share their stores each allow as much.
 */
import { errors } from "../contract/errors.ts";
import type { Handlers, OperationName } from "../contract/types.ts";

/** Counts calls, and throws the TooManyRequestsException for one that is too many; such a call costs nothing. */
export interface RateLimiter {
  /** Before a call is read. */
  call(operation: OperationName): void;
  /** The queries of a BatchGetMetricData: those of one call pass or fail together. */
  queries(count: number): void;
}

interface Allowance {
  readonly perSecond: number;
  /** How many may come at once after a pause. SES's own bursts are unknown. */
  readonly burst: number;
}

const usual: Allowance = { perSecond: 1, burst: 5 };
const metricCalls: Allowance = { perSecond: 16, burst: 16 };
const metricQueries: Allowance = { perSecond: 160, burst: 160 };

/** Their limit is the account's sending rate, not a rate of calls. */
const sending: ReadonlySet<OperationName> = new Set<OperationName>(["SendBulkEmail", "SendEmail"]);

/** Starts with all buckets full. `clock` may be the wall clock: a step back neither fills nor empties anything. */
export function createRateLimiter(clock: () => Date): RateLimiter {
  const buckets = new Map<OperationName, (cost: number) => boolean>();
  const takeQueries = createBucket(metricQueries, clock);

  return {
    call(operation) {
      if (sending.has(operation)) return;
      let take = buckets.get(operation);
      if (take === undefined) {
        take = createBucket(operation === "BatchGetMetricData" ? metricCalls : usual, clock);
        buckets.set(operation, take);
      }
      if (!take(1)) throw errors.rateExceeded();
    },
    queries(count) {
      if (!takeQueries(count)) throw errors.rateExceeded();
    },
  };
}

/** The handlers, with BatchGetMetricData's queries counted once they are read, before anything is looked at. */
export function limitQueries(handlers: Handlers, limiter: RateLimiter): Handlers {
  const handler = handlers.BatchGetMetricData;
  if (!handler) return handlers;
  return {
    ...handlers,
    BatchGetMetricData: async (input, context) => {
      limiter.queries(input.Queries?.length ?? 0);
      return handler(input, context);
    },
  };
}

/**
 * A bucket that fills as time goes by, counted in thousandths so that milliseconds add up exactly. What costs more than it
 * can hold takes all of it: such a request is refused for its size, and must not wait for ever to be told so.
 */
function createBucket({ perSecond, burst }: Allowance, clock: () => Date): (cost: number) => boolean {
  const capacity = burst * 1000;
  let thousandths = capacity;
  let filledAt = clock().getTime();
  return (cost) => {
    const now = clock().getTime();
    thousandths = Math.min(capacity, thousandths + Math.max(0, now - filledAt) * perSecond);
    filledAt = now;
    const needed = Math.min(capacity, cost * 1000);
    if (thousandths < needed) return false;
    thousandths -= needed;
    return true;
  };
}
