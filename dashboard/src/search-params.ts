/**
 * The query of a page's URL: what a page shows is in its URL, so that a link holds it. A list repeats its name, as in the
 * admin API. Each page's route reads what it knows with these functions; what can't be read counts as not given, since a
 * URL may come from anywhere.
 */
import type { LastDelivery, LastEngagement, MessageFilters } from "../../src/dashboard/api-types.ts";
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

/** In the order of their rank. */
export const deliveryEvents = [
  "SEND",
  "TRANSIENT_BOUNCE",
  "PERMANENT_BOUNCE",
  "UNDETERMINED_BOUNCE",
  "DELIVERY",
  "COMPLAINT",
] as const satisfies readonly LastDelivery[];

export const engagementEvents = ["OPEN", "CLICK"] as const satisfies readonly LastEngagement[];

/**
 * What the form for an export begins with (`/exports?recipient=...`): the filters of a search of messages that an export
 * of SES's API knows, still as the search means them: whatever the case, and a subject without `*` is a part of it.
 */
export type ExportSearch = Pick<
  MessageFilters,
  "recipient" | "sender" | "subject" | "isp" | "lastDelivery" | "lastEngagement" | "from" | "to"
>;

/** The filters for an export in a URL's query, or in a search of messages: what an export does not know is left out. */
export function exportSearch(search: RawSearch): ExportSearch {
  return {
    recipient: textIn(search, "recipient"),
    sender: textIn(search, "sender"),
    subject: textIn(search, "subject"),
    isp: listIn(search, "isp"),
    lastDelivery: choicesIn(search, "lastDelivery", deliveryEvents),
    lastEngagement: choicesIn(search, "lastEngagement", engagementEvents),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
  };
}
