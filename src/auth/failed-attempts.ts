/**
 * Who fails to sign in again and again: a bucket for each address, in this process. It never holds up who signs rightly,
 * since behind a proxy all clients share an address; secrets are too long to be guessed at any rate.
 */
import ipaddr from "ipaddr.js";

/** Counts failures. */
export interface FailedAttempts {
  /** Counts a failure; whether it was one too many. */
  count(address: string): boolean;
}

/** How many may come at once, and how long each takes to be forgotten. */
const burst = 60;
const forgetMs = 1_000;
/** The most addresses remembered; those that failed longest ago go first. */
const capacity = 10_000;

/** Starts with a clean slate. */
export function createFailedAttempts(clock: () => Date): FailedAttempts {
  /** When all failures of an address will be forgotten, in milliseconds. */
  const cleanAt = new Map<string, number>();
  return {
    count(address) {
      const network = networkOf(address);
      const now = clock().getTime();
      const longest = now + burst * forgetMs;
      const known = cleanAt.get(network) ?? 0;
      // Later than it can be: the clock was set back, and nothing is known.
      const clean = (known > longest ? now : Math.max(now, known)) + forgetMs;
      const tooMany = clean > longest;
      cleanAt.delete(network);
      // What is one too many isn't added: a pause of a second is always enough for another.
      cleanAt.set(network, Math.min(clean, longest));
      for (const oldest of cleanAt.keys()) {
        if (cleanAt.size <= capacity) break;
        cleanAt.delete(oldest);
      }
      return tooMany;
    },
  };
}

/** An IPv4 address, or the 64 bits of an IPv6 network: whoever has one address of those has them all. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(":") : parsed.toString();
}
