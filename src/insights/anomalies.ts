/**
 * Days whose rate stands out. Each day is held against the other days of its series: p is their rate, pooled, with half an
 * event added so that it is never nothing. How far the day's count is from n·p is told by the deviance of the binomial
 * distribution, whose signed root is close to a standard deviation's measure even where few events are expected, by √φ: how
 * much more the other days scatter than chance alone would make them (Pearson's chi-squared by its degrees of freedom, 1 at
 * the least; the quasi-binomial model). A day stands out from 4 on: chance alone does that once in 30,000 days. Fewer than 5
 * events are never told, nor a rate that is not half as high again as usual.
 */
import type { Anomaly } from "../admin-api/overview.ts";

/** A day of a series. */
export interface DayCount {
  /** When it begins. */
  at: Date;
  /** What happened, */
  count: number;
  /** and out of how many. */
  outOf: number;
}

/** A day that stands out of its series. */
export type OutstandingDay = Pick<Anomaly, "count" | "outOf" | "rate" | "usualRate" | "score"> & { at: Date };

const leastScore = 4;
const leastCount = 5;
const leastRatio = 1.5;
/** With fewer other days, or less on them, nothing is known of what is usual. */
const leastDays = 3;
const leastOutOf = 100;

/** The days that stand out, in the order given. */
export function outstandingDays(days: readonly DayCount[]): OutstandingDay[] {
  // A day on which nothing was sent has no rate.
  const used = days.filter(({ outOf }) => outOf > 0);
  return used.flatMap((day) => {
    const others = used.filter((one) => one !== day);
    const outOf = sum(others.map((one) => one.outOf));
    if (day.count < leastCount || others.length < leastDays || outOf < leastOutOf) return [];
    const usualRate = Math.min(0.999, (sum(others.map((one) => one.count)) + 0.5) / (outOf + 1));
    const rate = day.count / day.outOf;
    if (rate < leastRatio * usualRate) return [];
    const score = Math.sqrt(deviance(day, usualRate) / scatter(others, usualRate));
    if (score < leastScore) return [];
    return [{ at: day.at, count: day.count, outOf: day.outOf, rate, usualRate, score }];
  });
}

/** Of a count above what is expected. More may bounce on a day than was sent on it: then all of it did. */
function deviance({ count, outOf }: DayCount, rate: number): number {
  const happened = Math.min(count, outOf);
  const rest = outOf - happened;
  const missing = rest === 0 ? 0 : rest * Math.log(rest / (outOf * (1 - rate)));
  return 2 * (happened * Math.log(happened / (outOf * rate)) + missing);
}

function scatter(days: readonly DayCount[], rate: number): number {
  const chiSquared = sum(days.map(({ count, outOf }) => (count - outOf * rate) ** 2 / (outOf * rate * (1 - rate))));
  return Math.max(1, chiSquared / (days.length - 1));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The anomaly with its sentence. `zone` is that of the day. */
export function anomalyOf(
  kind: Anomaly["kind"],
  { at, ...day }: OutstandingDay,
  { isp, zone }: { isp: string | undefined; zone: string },
): Anomaly {
  const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: zone }).format(at);
  const what =
    kind === "bounces"
      ? `of the mail${isp === undefined ? "" : ` to ${isp}`} bounced for good`
      : `of the deliveries${isp === undefined ? "" : ` to ${isp}`} were complained about`;
  const sentence =
    `On ${date}, ${percent(day.rate)} ${what} (${whole(day.count)} of ${whole(day.outOf)}); ` +
    `on the other days it is ${percent(day.usualRate)}.`;
  return { kind, at: at.toISOString(), ...(isp !== undefined && { isp }), ...day, sentence };
}

function percent(rate: number): string {
  return new Intl.NumberFormat("en-GB", { style: "percent", maximumSignificantDigits: 2 }).format(rate);
}

function whole(count: number): string {
  return new Intl.NumberFormat("en-GB").format(count);
}
