/**
 * How often each client may do something: a bucket for each, in this process, which fills as time goes by. Clients are
 * told apart by `client-address.ts`.
 */
import { clientOf } from "./client-address.ts";

/** Of one kind of act. */
export interface Allowance {
  /** Takes one of the client that an address belongs to; false where none is left. */
  take(address: string): boolean;
}

/** The most clients remembered; those that did it longest ago are forgotten first. */
const capacity = 10_000;

/** `burst` at once after a pause, then one each `everyMs`: what is refused takes nothing. */
export function createAllowance(burst: number, everyMs: number, clock: () => Date): Allowance {
  /** When a client's bucket is full again, in milliseconds. */
  const fullAt = new Map<string, number>();
  return {
    take(address) {
      const client = clientOf(address);
      const now = clock().getTime();
      const longest = now + burst * everyMs;
      const known = fullAt.get(client) ?? now;
      // Later than it can be: the clock was set back, and nothing is known.
      const at = (known > longest ? now : Math.max(known, now)) + everyMs;
      fullAt.delete(client);
      fullAt.set(client, at <= longest ? at : known);
      for (const oldest of fullAt.keys()) {
        if (fullAt.size <= capacity) break;
        fullAt.delete(oldest);
      }
      return at <= longest;
    },
  };
}
