/**
 * SES's API rate limits (from AWS's quotas page and the API model): sending has separate limits, BatchGetMetricData
 * allows 16 calls and 160 queries a second, and every other operation one call a second. Each operation has a token
 * bucket for the whole account in this process: each of several servers with shared stores allows these rates.
 */
import { createTokenBucket, type TokenBucket, type TokenBucketRate } from "../common/token-bucket.ts";
import { errors } from "../contract/errors.ts";
import type { Handlers, OperationName } from "../contract/types.ts";
import type { OperationName as V1OperationName } from "../contract/v1/types.ts";

/** Counts calls, and throws TooManyRequestsException above the limit; a rejected call takes no token. */
export interface RateLimiter {
  /** Counts a call, before its body is parsed. */
  call(operation: OperationName | V1OperationName): void;
  /** Counts the queries of a BatchGetMetricData call, which are accepted or rejected together. */
  queries(count: number): void;
}

/** SES doesn't publish its burst sizes. */
const usual: TokenBucketRate = { burst: 5, refill: 1, everyMs: 1_000 };
const metricCalls: TokenBucketRate = { burst: 16, refill: 16, everyMs: 1_000 };
const metricQueries: TokenBucketRate = { burst: 160, refill: 160, everyMs: 1_000 };

/** Limited by the account's sending rate, not by a rate of calls. */
const sending: ReadonlySet<string> = new Set<OperationName | V1OperationName>([
  "SendBulkEmail",
  "SendBulkTemplatedEmail",
  "SendEmail",
  "SendRawEmail",
  "SendTemplatedEmail",
]);

/** Starts with full buckets. `clock` may be the wall clock: setting it back doesn't change the buckets. */
export function createRateLimiter(clock: () => Date): RateLimiter {
  const buckets = new Map<OperationName | V1OperationName, TokenBucket>();
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
      // Capped, so that a call with more queries than the bucket holds is rejected for its size, not throttled forever.
      if (!queryBucket.take(Math.min(count, metricQueries.burst))) throw errors.rateExceeded();
    },
  };
}

/** Wraps the handlers to count BatchGetMetricData's queries after parsing, before they run. */
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
