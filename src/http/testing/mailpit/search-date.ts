/** Dates in searches, in the forms that people write, in a time zone. */

/** With an offset or a zone's name: not in the search's time zone. */
const zoned = /(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$/i;

/**
 * Parses a date, with or without a time: ISO 8601, `2026/11/24`, `24 Nov 2026`, or seconds or milliseconds since 1970.
 * Undefined for anything else.
 * @param zone an IANA time zone; the process's own if it is undefined or unknown
 */
export function parseDate(text: string, zone: string | undefined): Date | undefined {
  const given = text.trim();
  if (/^\d{10}$/.test(given)) return new Date(Number(given) * 1000);
  if (/^\d{13}$/.test(given)) return new Date(Number(given));
  if (given.length > 64) return undefined;
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](.*))?$/i.exec(given);
  const [, year = "", month = "", day = "", time = ""] = iso ?? [];
  const usual = iso ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}T${time || "00:00:00"}` : given;
  if (iso ? zoned.test(time) : zoned.test(given)) return valid(new Date(usual));
  // As if it were in UTC, then moved by the zone's offset at that time.
  const wall = valid(new Date(iso ? `${usual}Z` : `${usual} UTC`));
  return wall && new Date(wall.getTime() - offsetAt(wall.getTime(), zone));
}

function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The zone's offset from UTC in milliseconds at a wall time. */
function offsetAt(wall: number, zone: string | undefined): number {
  const format = formatIn(zone) ?? formatIn(undefined);
  const ahead = (time: number) => wallTime(format, time) - time;
  // The offset of the time that the first guess leads to, in case it changes in between.
  return format ? ahead(wall - ahead(wall)) : 0;
}

function formatIn(timeZone: string | undefined): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

function wallTime(format: Intl.DateTimeFormat | undefined, time: number): number {
  const parts = new Map((format?.formatToParts(time) ?? []).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
    new Date(time).getUTCMilliseconds(),
  );
}
