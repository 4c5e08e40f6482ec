/**
 * The plan by which an address warms up: 45 days, on each of which it may send more. All days are UTC. SES documents
 * the duration, and up to 50,000 messages a day; the curve is ours. It is exponential, since receivers compare a day with
 * the days before: 50 messages on the first day, twice as many every four and a half days.
 */

/** How far an address has warmed up. */
export interface Warmup {
  /** From 0 to 100, on the day `since`. */
  readonly percentage: number;
  /** Such as `2026-12-01`. */
  readonly since: string;
}

const planDays = 45;
const firstCap = 50;
const lastCap = 50_000;
const dayMs = 24 * 3600_000;

/** The day of an instant in UTC, such as `2026-12-01`. */
export function utcDay(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** The percentage on a day, from 0 to 100. Before the day `since`, after the clock was set back, it is that of `since`. */
export function warmupPercentage({ percentage, since }: Warmup, day: string): number {
  const days = Math.max(0, Math.round((Date.parse(day) - Date.parse(since)) / dayMs));
  return Math.min(100, percentage + Math.floor((100 * days) / planDays));
}

/** How many messages a day an address may send at a percentage; undefined for any number, once it is warmed up. */
export function dailyCap(percentage: number): number | undefined {
  if (percentage >= 100) return undefined;
  return Math.round(firstCap * (lastCap / firstCap) ** (percentage / 100));
}
