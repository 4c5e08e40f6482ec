/** What a clock on the wall shows in a zone, as date inputs of HTML hold it: `2026-11-24T08:15`. */

const formats = new Map<string, Intl.DateTimeFormat>();

function wallFormat(zone: string): Intl.DateTimeFormat {
  const found =
    formats.get(zone) ??
    // Swedish writes dates as ISO 8601 does.
    new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  formats.set(zone, found);
  return found;
}

function wallSeconds(at: Date, zone: string): string {
  return wallFormat(zone).format(at).replace(" ", "T");
}

/** To the minute, as `<input type="datetime-local">` takes it; empty where there is no instant. */
export function wallTimeOf(instant: string | undefined, zone: string): string {
  return instant === undefined ? "" : wallSeconds(new Date(instant), zone).slice(0, 16);
}

/**
 * The instant (ISO 8601, UTC) at which the clock shows this; undefined for what is no time. An hour that the clock skips
 * is read as before the change; of an hour that it shows twice, the first is meant.
 */
export function instantOfWallTime(text: string, zone: string): string | undefined {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const dayMs = 86_400_000;
  // Zones change their distance from UTC at most once in two days: it is that of the day before, or of the day after.
  const candidates = [asUtc - dayMs, asUtc + dayMs].map((near) => asUtc - distance(near, zone));
  const exact = candidates.filter((time) => time + distance(time, zone) === asUtc);
  const chosen = exact.length > 0 ? Math.min(...exact) : candidates[0];
  return chosen === undefined ? undefined : new Date(chosen).toISOString();
}

/** How far the clock of a zone is ahead of UTC, in milliseconds. */
function distance(time: number, zone: string): number {
  const whole = Math.floor(time / 1000) * 1000;
  return Date.parse(`${wallSeconds(new Date(whole), zone)}Z`) - whole;
}
