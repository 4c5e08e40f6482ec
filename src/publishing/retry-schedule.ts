/** When a failed event is tried again. */

/** Pauses before the retries, in seconds; after the last one the event is given up. */
export type PublishingRetries = readonly number[];

/**
 * When an event is tried again whose try number `tries` (from 1) failed at `at`; undefined if it is given up. Jitter of
 * up to a fifth keeps the events of an outage from all coming back at once.
 */
export function nextTry(
  retries: PublishingRetries,
  { tries, at, random = Math.random }: { tries: number; at: Date; random?: () => number },
): Date | undefined {
  const seconds = retries[tries - 1];
  if (seconds === undefined) return undefined;
  return new Date(at.getTime() + Math.round(seconds * 1000 * (0.9 + 0.2 * random())));
}
