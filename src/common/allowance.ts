/** Rate limits for clients: each client has a token bucket in this process. `client-address.ts` identifies clients. */
import { BoundedMap } from "./bounded-map.ts";
import { clientOf } from "./client-address.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** The rate limit of one kind of action. */
export interface Allowance {
  /** Takes a token from the bucket of the address's client; false if the bucket is empty. */
  take(address: string): boolean;
}

/** The maximum number of clients remembered; the least recently active are forgotten first. */
const capacity = 10_000;

/** Each client may act `burst` times at once and regains one token every `everyMs`. A refused attempt takes nothing. */
export function createAllowance(burst: number, everyMs: number, clock: () => Date): Allowance {
  const buckets = new BoundedMap<string, TokenBucket>({ capacity, evicts: "least-recently-used" });
  let latest = clock().getTime();
  return {
    take(address) {
      const client = clientOf(address);
      const now = clock().getTime();
      // The clock was set back, so the time since each client's last action is unknown. Clear the buckets in the
      // clients' favor.
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
