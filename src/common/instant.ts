/** Instants in texts of callers. */

/** An instant from 1970 to 2199 in ISO 8601 with an offset; undefined for any other text. */
export function parseInstant(text: string): Date | undefined {
  const value = instantPattern.test(text) ? new Date(text) : undefined;
  return value && value >= firstInstant && value <= lastInstant ? value : undefined;
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const firstInstant = new Date(0);
/** The message state uses the year 2200 for "never". */
const lastInstant = new Date(Date.UTC(2200, 0, 1) - 1);
