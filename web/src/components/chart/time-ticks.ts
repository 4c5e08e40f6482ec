/** Which hours or days of a chart have their name below, in a zone. */
import { formatDay, formatHour, formatShortDay } from "../../time/format.ts";

/** A name below the chart, at the place of an hour or day. */
export interface Tick {
  readonly index: number;
  readonly label: string;
}

const hourSteps = [1, 2, 3, 6, 12, 24] as const;
const daySteps = [1, 2, 3, 7, 14, 28, 91, 182, 364] as const;

/**
 * Names that stand even steps apart.
 * @param starts when each hour or day begins, oldest first, as ISO texts.
 * @param most how many names there is room for.
 */
export function timeTicks(starts: readonly string[], bucket: "hour" | "day", zone: string, most: number): Tick[] {
  return bucket === "hour" ? hourTicks(starts, zone, most) : dayTicks(starts, zone, most);
}

/** At full hours of the day: 0, 6, 12, 18. Midnight has the day's name. */
function hourTicks(starts: readonly string[], zone: string, most: number): Tick[] {
  const step = hourSteps.find((one) => starts.length / one <= most) ?? 24;
  const hours = starts.map((start) => formatHour(start, zone));
  return hours.flatMap((hour, index) => {
    if (Number.parseInt(hour, 10) % step !== 0) return [];
    return [{ index, label: hour.startsWith("00") ? formatShortDay(starts[index] ?? "", zone) : hour }];
  });
}

/** The newest day always has its name. */
function dayTicks(starts: readonly string[], zone: string, most: number): Tick[] {
  const step = daySteps.find((one) => starts.length / one <= most) ?? Math.ceil(starts.length / most);
  // Within a year the month and day say it all.
  const name = starts.length > 300 ? formatDay : formatShortDay;
  return starts.flatMap((start, index) =>
    (starts.length - 1 - index) % step === 0 ? [{ index, label: name(start, zone) }] : [],
  );
}
