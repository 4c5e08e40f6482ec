/**
 * Who fails to sign in again and again. It never holds up who signs rightly, since behind a proxy all clients share an
 * address; secrets are too long to be guessed at any rate.
 */
import { createAllowance } from "../common/allowance.ts";

/** Counts failures. */
export interface FailedAttempts {
  /** Counts a failure; whether it was one too many. */
  count(address: string): boolean;
}

/** How many may come at once, and how long each takes to be forgotten. */
const burst = 60;
const forgetMs = 1_000;

/** Starts with a clean slate. */
export function createFailedAttempts(clock: () => Date): FailedAttempts {
  const allowance = createAllowance(burst, forgetMs, clock);
  return { count: (address) => !allowance.take(address) };
}
