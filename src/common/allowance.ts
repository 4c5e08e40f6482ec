/**
 * How often each client may do something: a token bucket for each, in this process. Clients are told apart by
 * `client-address.ts`.
 */
import { BoundedMap } from "./bounded-map.ts";
import { clientOf } from "./client-address.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** Of one kind of act. */
export interface Allowance {
  /** Takes one of the client that an address belongs to; false where none is left. */
  take(address: string): boolean;
}

/** The most clients remembered; those that did it longest ago are forgotten first. */
const capacity = 10_000;

/** `burst` at once after a pause, then one each `everyMs`: what is refused takes nothing. */
export function createAllowance(burst: number, everyMs: number, clock: () => Date): Allowance {
  const buckets = new BoundedMap<string, TokenBucket>({ capacity, evicts: "least-recently-used" });
  let latest = clock().getTime();
  return {
    take(address) {
      const client = clientOf(address);
      const now = clock().getTime();
      // The clock was set back: how long ago clients came is not known any more, and is not held against them.
      if (now < latest) buckets.clear();
      latest = now;
      let bucket = buckets.get(client);
      if (bucket === undefined) {
        bucket = createTokenBucket({ burst, refill: 1, everyMs }, clock);
        buckets.set(client, bucket);
      }
      return bucket.take(1);
    },
  };
}
