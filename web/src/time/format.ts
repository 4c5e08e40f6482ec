/** Numbers, sizes and instants as people read them. Instants are shown in a zone that the caller names. */

/** An instant as the APIs tell it: ISO text, or seconds since 1970 as SES's API has it. */
export type Instant = string | number | Date;

/** The date of an instant. */
export function instantOf(instant: Instant): Date {
  return typeof instant === "number" ? new Date(instant * 1000) : new Date(instant);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making one costs more than using it a thousand times. */
function dateFormat(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(options)}`;
  const found = formats.get(key) ?? new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone, hourCycle: "h23" });
  formats.set(key, found);
  return found;
}

const day: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const minute: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const second: Intl.DateTimeFormatOptions = { ...minute, second: "2-digit" };

/** `24 Nov 2026`. */
export const formatDay = (instant: Instant, zone: string) => dateFormat(zone, day).format(instantOf(instant));

/** `24 Nov`. */
export const formatShortDay = (instant: Instant, zone: string) =>
  dateFormat(zone, { day: "numeric", month: "short" }).format(instantOf(instant));

/** `08:15`. */
export const formatHour = (instant: Instant, zone: string) => dateFormat(zone, minute).format(instantOf(instant));

/** `24 Nov 2026, 08:15`. */
export const formatMinute = (instant: Instant, zone: string) =>
  dateFormat(zone, { ...day, ...minute }).format(instantOf(instant));

/** `24 Nov 2026, 08:15:07`. */
export const formatSecond = (instant: Instant, zone: string) =>
  dateFormat(zone, { ...day, ...second }).format(instantOf(instant));

/** `08:15:07`. */
export const formatClock = (instant: Instant, zone: string) => dateFormat(zone, second).format(instantOf(instant));

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** `3 minutes ago`, `in 2 hours`; `now` for less than a minute. */
export function formatAgo(instant: Instant, now: Date): string {
  const seconds = (instantOf(instant).getTime() - now.getTime()) / 1000;
  const [unit, length] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? [];
  return unit === undefined || length === undefined ? "now" : relative.format(Math.trunc(seconds / length), unit);
}

const wholeNumber = new Intl.NumberFormat("en");
const compactNumber = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `1,234,567`. */
export const formatCount = (count: number) => wholeNumber.format(count);

/** `1.2M`, for where there is little room. */
export const formatCompact = (count: number) => compactNumber.format(count);

/** A share from 0 to 1 as `1.25%`; `–` where there was nothing to measure against. */
export function formatRate(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return "–";
  const percent = rate * 100;
  if (percent > 0 && percent < 0.01) return "<0.01%";
  return `${percent.toFixed(percent < 10 && percent > 0 ? 2 : 1)}%`;
}

const units = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** `812 bytes`, `1.4 MB` (of 1000 KB). */
export function formatBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return `${step === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[step] ?? ""}`;
}
