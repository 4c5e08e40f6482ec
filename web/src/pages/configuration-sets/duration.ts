/** Spans of time as people write them: `90 min`, `2 h 30 min`, `1.5 hours`. */

const lengths = [
  { names: ["h", "hr", "hrs", "hour", "hours"], seconds: 3600, shown: "h" },
  { names: ["m", "min", "mins", "minute", "minutes"], seconds: 60, shown: "min" },
  { names: ["s", "sec", "secs", "second", "seconds"], seconds: 1, shown: "s" },
] as const;

/** The whole seconds of a text; undefined where it is no time, as a number without its unit. */
export function secondsOf(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (!/^(\d+([.,]\d+)?\s*[a-z]+(\s+and\s+|[\s,]*))+$/.test(trimmed)) return undefined;
  let seconds = 0;
  for (const [, count = "", unit = ""] of trimmed
    .replaceAll(/\sand\s/g, " ")
    .matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]+)/g)) {
    const length = lengths.find(({ names }) => names.some((name) => name === unit));
    if (!length) return undefined;
    seconds += Number(count.replace(",", ".")) * length.seconds;
  }
  return Math.round(seconds);
}

/** `2 h 30 min`; `secondsOf` reads it. */
export function formatDuration(seconds: number): string {
  let rest = seconds;
  const parts = lengths.flatMap((length) => {
    const count = Math.floor(rest / length.seconds);
    rest -= count * length.seconds;
    return count > 0 ? [`${count} ${length.shown}`] : [];
  });
  return parts.length > 0 ? parts.join(" ") : "0 s";
}
