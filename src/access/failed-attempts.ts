/**
 * Counts failed sign-ins per client. Valid sign-ins are never blocked, because all clients behind a proxy share an
 * address; secrets are too long to be guessed anyway.
 */
import { createAllowance } from "../common/allowance.ts";

export interface FailedAttempts {
  /** Counts a failure; returns true if the client exceeds the limit. */
  count(address: string): boolean;
}

/** The maximum number of failures at once, and the time until one is forgotten. */
const burst = 60;
const forgetMs = 1_000;

export function createFailedAttempts(clock: () => Date): FailedAttempts {
  const allowance = createAllowance(burst, forgetMs, clock);
  return { count: (address) => !allowance.take(address) };
}
