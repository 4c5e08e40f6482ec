/** Periods of time that end now, as people choose them. */
import { instantOfWallTime, wallTimeOf } from "./wall-time.ts";

/** From `from` to `to`, which is not included; ISO 8601 in UTC. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

const hourMs = 3_600_000;

/** The period of this many hours that the current one ends: it begins with a full hour. */
export function lastHours(hours: number, now: Date): Period {
  const hour = Math.floor(now.getTime() / hourMs) * hourMs;
  return { from: new Date(hour - (hours - 1) * hourMs).toISOString(), to: now.toISOString() };
}

/** The period of this many days, today included: it begins at midnight in the zone. */
export function lastDays(days: number, now: Date, zone: string): Period {
  return { from: dayStart(now.toISOString(), zone, 1 - days), to: now.toISOString() };
}

/** When the day of an instant begins in a zone, or a day so many days after it. */
export function dayStart(instant: string, zone: string, daysLater = 0): string {
  const date = wallTimeOf(instant, zone).slice(0, 10);
  const moved = new Date(Date.parse(`${date}T00:00Z`) + daysLater * 24 * hourMs).toISOString().slice(0, 10);
  return instantOfWallTime(`${moved}T00:00`, zone) ?? instant;
}
