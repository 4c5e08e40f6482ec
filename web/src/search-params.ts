/**
 * The query of a page's URL: what a page shows is in its URL, so that a link holds it. A list repeats its name, as in the
 * admin API. Each page's route reads what it knows with these functions; what can't be read counts as not given, since a
 * URL may come from anywhere.
 */
import { queryString } from "./api/query-string.ts";

/** A query as the router hands it to `validateSearch`. */
export type RawSearch = Readonly<Record<string, unknown>>;

/** Reads `?a=1&b=2&b=3`. */
export function parseSearch(text: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(text);
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    found[name] = values.length > 1 ? values : (values[0] ?? "");
  }
  return found;
}

/** Writes it; empty texts and lists are left out. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(search).flatMap(([name, value]): [string, string | string[]][] => {
    if (value === undefined || value === null || value === "") return [];
    return [[name, Array.isArray(value) ? value.map(String) : String(value)]];
  });
  return queryString(Object.fromEntries(given));
}

/** A text; undefined where there is none. */
export function textIn(search: RawSearch, name: string): string | undefined {
  const value = search[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** One of some texts. */
export function choiceIn<const Choice extends string>(
  search: RawSearch,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === search[name]);
}

/** A list of texts; undefined where it is empty. */
export function listIn(search: RawSearch, name: string): string[] | undefined {
  const value = search[name];
  const list = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string" && one !== "");
  return list.length > 0 ? list : undefined;
}

/** A list of some of these texts; undefined where it is empty. */
export function choicesIn<const Choice extends string>(
  search: RawSearch,
  name: string,
  choices: readonly Choice[],
): Choice[] | undefined {
  const named = listIn(search, name) ?? [];
  const list = choices.filter((choice) => named.includes(choice));
  return list.length > 0 ? list : undefined;
}

/** An instant in ISO 8601. */
export function instantIn(search: RawSearch, name: string): string | undefined {
  const text = textIn(search, name);
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
