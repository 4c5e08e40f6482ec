/**
 * Detects days with an outlying rate. Each day is compared with the other days of its series: p is their pooled rate,
 * with half an event added so that it is never 0. The distance of the day's count from n·p is measured by the deviance
 * of the binomial distribution, whose signed root is close to standard deviations even if few events are expected,
 * divided by √φ: the dispersion of the other days relative to chance (Pearson's chi-squared divided by its degrees of
 * freedom, at least 1; the quasi-binomial model). A day is an outlier from a score of 4 on, which chance alone reaches
 * once in 30,000 days. Fewer than 5 events, or less than 1.5 times the usual rate, are never reported.
 */
import type { Anomaly } from "../admin-api/overview.ts";

/** A day of a series. */
export interface DayCount {
  /** The start of the day. */
  at: Date;
  /** The number of events. */
  count: number;
  /** The number of messages they are counted against. */
  outOf: number;
}

/** A day with an outlying rate. */
export type OutstandingDay = Pick<Anomaly, "count" | "outOf" | "rate" | "usualRate" | "score"> & { at: Date };

const leastScore = 4;
const leastCount = 5;
const leastRatio = 1.5;
/** With fewer other days, or a smaller total on them, the usual rate is unknown. */
const leastDays = 3;
const leastOutOf = 100;

/** The outliers, in the order of the input. */
export function outstandingDays(days: readonly DayCount[]): OutstandingDay[] {
  // A day without sends has no rate.
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

/** For a count above the expected one. A day may have more bounces than sends: the count is capped at the sends. */
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

/** The anomaly with its sentence. `zone` is the time zone of the day. */
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
