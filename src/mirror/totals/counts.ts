/** Counts of events by type and day. */

export const dayMs = 24 * 3_600_000;

/** Days from `from` until before `to`, both at midnight UTC. */
export interface DayRange {
  readonly from: Date;
  readonly to: Date;
}

/** Counts by type and day; a day is any time on it, in milliseconds since 1970. */
export interface DailyCounts {
  of(type: string, day: number): number;
  add(type: string, day: number, count: number): void;
}

export function createDailyCounts(): DailyCounts {
  const counts = new Map<string, number>();
  const keyOf = (type: string, day: number) => `${type} ${Math.floor(day / dayMs)}`;
  return {
    of: (type, day) => counts.get(keyOf(type, day)) ?? 0,
    add(type, day, count) {
      counts.set(keyOf(type, day), (counts.get(keyOf(type, day)) ?? 0) + count);
    },
  };
}

/** The beginnings of the days, in milliseconds since 1970. */
export function daysOf({ from, to }: DayRange): number[] {
  return Array.from({ length: (to.getTime() - from.getTime()) / dayMs }, (_, index) => from.getTime() + index * dayMs);
}

/** The day as `2026-11-24`, in UTC. */
export function dayName(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}
