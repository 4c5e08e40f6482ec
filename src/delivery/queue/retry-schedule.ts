/** When a message that failed for now is tried again (RFC 5321, 4.5.4.1). */

/** How long to wait before each next try, in seconds; the last one repeats. */
export type RetrySchedule = readonly [number, ...number[]];

/**
 * The time of the next try after `tries` tries (1 at least), the last of which ended at `now`; undefined to give up. The
 * last try is at the very end: who is away for 13 hours still gets the mail.
 */
export function nextTry(schedule: RetrySchedule, tries: number, now: Date, expiresAt: Date): Date | undefined {
  if (now >= expiresAt) return undefined;
  const seconds = schedule[Math.min(tries, schedule.length) - 1] ?? schedule[0];
  return new Date(Math.min(now.getTime() + seconds * 1000, expiresAt.getTime()));
}
