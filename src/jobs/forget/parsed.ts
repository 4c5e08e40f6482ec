/** Parses JSON that may be damaged. */

/** The value; undefined of a text that is no JSON. */
export function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
