/** Compares SES's counts with what arrived; pure. */
import type { MirrorCount, MirrorScopeTotals } from "../../admin-api/mirror-totals.ts";
import type { Arrived } from "./count-arrived.ts";
import { type DailyCounts, type DayRange, dayName, daysOf } from "./counts.ts";

/** The percentage of a day's events that may be missing: SES may count an event near midnight on another day. */
const tolerated = 1;

export interface ComparedTypes {
  /** The compared types, in the order of the result. */
  readonly types: readonly string[];
  /** Whether the source has ever received events of a type. */
  isSent(type: string): boolean;
}

/** @param today the beginning of the current day, whose counts are not final */
export function compareCounts(
  { counted, arrived }: { counted: DailyCounts; arrived: Arrived },
  { types, isSent }: ComparedTypes,
  range: DayRange,
  today: number,
): Omit<MirrorScopeTotals, "account" | "region" | "error"> {
  const known = types.filter(isSent);
  const days = daysOf(range).map((at) => {
    const counts = types.map((type) =>
      countOf(type, counted.of(type, at), arrived.counts.of(type, at), arrived.recipients.of(type, at)),
    );
    return { day: dayName(at), complete: at < today, counts };
  });
  const complete = days.filter((day) => day.complete);
  const sums = types.map((type) => {
    const all = days.flatMap(({ counts }) => counts.filter((one) => one.type === type));
    const sum = (of: (count: MirrorCount) => number) => all.reduce((total, one) => total + of(one), 0);
    return countOf(
      type,
      sum((one) => one.counted),
      sum((one) => one.arrived),
      sum((one) => one.arrivedRecipients ?? 0),
    );
  });
  return {
    sums,
    days,
    gaps: complete.flatMap(({ day, counts }) =>
      counts
        .filter(({ type, percent }) => known.includes(type) && (percent ?? 0) > tolerated)
        .map((count) => ({ day, ...count })),
    ),
    emptyDays: complete
      .filter(({ counts }) => counts.some((one) => one.counted > 0) && counts.every((one) => one.arrived === 0))
      .map(({ day }) => day),
    typesNotSent: sums.filter(({ type, counted: count }) => count > 0 && !isSent(type)).map(({ type }) => type),
  };
}

function countOf(type: string, counted: number, arrived: number, recipients: number): MirrorCount {
  const missing = counted - arrived;
  return {
    ...{ type, counted, arrived },
    ...(recipients > 0 && { arrivedRecipients: recipients }),
    missing,
    percent: counted === 0 ? null : Math.round((missing / counted) * 10_000) / 100,
  };
}
