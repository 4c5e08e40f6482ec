/** A value of a query; a list repeats its name. What is undefined is left out. */
export type QueryValue = string | number | boolean | Date | readonly string[] | undefined;

/** `?name=value&...`, or nothing where there is nothing to say. Dates go as ISO 8601 in UTC. */
export function queryString(values: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (value instanceof Date) parameters.append(name, value.toISOString());
    else if (typeof value === "object") for (const one of value) parameters.append(name, one);
    else parameters.append(name, String(value));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
