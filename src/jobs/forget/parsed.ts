/** Parses JSON that may be damaged. */

/** The parsed value; undefined if the text is not JSON. */
export function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
