/** When a message is retried after a transient failure (RFC 5321, 4.5.4.1). */

/** The delay before each retry, in seconds. The last one repeats. */
export type RetrySchedule = readonly [number, ...number[]];

/**
 * When to retry after `tries` attempts (at least 1), the last of which ended at `now`; undefined to give up. The last
 * attempt is at `expiresAt`, so the full delivery time is used: a server that is down for 13 hours still gets the mail.
 */
export function nextTry(schedule: RetrySchedule, tries: number, now: Date, expiresAt: Date): Date | undefined {
  if (now >= expiresAt) return undefined;
  const seconds = schedule[Math.min(tries, schedule.length) - 1] ?? schedule[0];
  return new Date(Math.min(now.getTime() + seconds * 1000, expiresAt.getTime()));
}
