/**
 * SES's API throttles (facts 1.1, of AWS's quotas page and the model): sending has limits of its own, every other operation
 * takes one call a second, BatchGetMetricData 16 calls and 160 queries a second. A token bucket for each operation, for the
 * whole account, in this process: servers that share their stores each allow as much.
 */
import { createTokenBucket, type TokenBucket, type TokenBucketRate } from "../common/token-bucket.ts";
import { errors } from "../contract/errors.ts";
import type { Handlers, OperationName } from "../contract/types.ts";

/** Counts calls, and throws the TooManyRequestsException for one that is too many; such a call costs nothing. */
export interface RateLimiter {
  /** Before a call is read. */
  call(operation: OperationName): void;
  /** The queries of a BatchGetMetricData: those of one call pass or fail together. */
  queries(count: number): void;
}

/** SES's own bursts are unknown. */
const usual: TokenBucketRate = { burst: 5, refill: 1, everyMs: 1_000 };
const metricCalls: TokenBucketRate = { burst: 16, refill: 16, everyMs: 1_000 };
const metricQueries: TokenBucketRate = { burst: 160, refill: 160, everyMs: 1_000 };

/** Their limit is the account's sending rate, not a rate of calls. */
const sending: ReadonlySet<OperationName> = new Set<OperationName>(["SendBulkEmail", "SendEmail"]);

/** Starts with all buckets full. `clock` may be the wall clock: a step back neither fills nor empties anything. */
export function createRateLimiter(clock: () => Date): RateLimiter {
  const buckets = new Map<OperationName, TokenBucket>();
  const queryBucket = createTokenBucket(metricQueries, clock);

  return {
    call(operation) {
      if (sending.has(operation)) return;
      let bucket = buckets.get(operation);
      if (bucket === undefined) {
        bucket = createTokenBucket(operation === "BatchGetMetricData" ? metricCalls : usual, clock);
        buckets.set(operation, bucket);
      }
      if (!bucket.take(1)) throw errors.rateExceeded();
    },
    queries(count) {
      // A call of more than the bucket can hold is refused for its size, and must not wait for ever to be told so.
      if (!queryBucket.take(Math.min(count, metricQueries.burst))) throw errors.rateExceeded();
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
