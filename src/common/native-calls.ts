/**
 * Ends the process only once calls of native libraries have ended. An exit while one of them runs on another thread
 * destroys what it uses: with chDB 3.4, the process dies of SIGSEGV instead of having its exit code.
 */
import { setTimeout as delay } from "node:timers/promises";

/** How long an exit waits, in milliseconds. An insert takes up to 230 ms; a long query may be cut off. */
const exitWithinMs = 2_000;

const libraries = new Set<() => Promise<unknown>>();
let exiting = false;

/**
 * Registers a library in use.
 * @param endCalls starts no more calls, and resolves once those that run have ended
 * @returns removes it again
 */
export function holdExit(endCalls: () => Promise<unknown>): () => void {
  libraries.add(endCalls);
  return () => void libraries.delete(endCalls);
}

/** Ends the process with this exit code: at once if no library is registered, otherwise within 2 seconds. */
export function exitAfterNativeCalls(code: number): void {
  if (libraries.size === 0) process.exit(code);
  if (exiting) return;
  exiting = true;
  const ended = Promise.allSettled([...libraries].map((endCalls) => endCalls()));
  void Promise.race([ended, delay(exitWithinMs)]).finally(() => process.exit(code));
}
