/** The periods that the overview can show, and which of them a URL asks for. */
import { lastDays, lastHours, type Period } from "../../time/period.ts";

/** Periods that end now, by their name in URLs. */
export const ranges = [
  { name: "24h", label: "24 hours" },
  { name: "3d", label: "3 days" },
  { name: "7d", label: "7 days" },
  { name: "14d", label: "14 days" },
  { name: "30d", label: "30 days" },
  { name: "90d", label: "90 days" },
  { name: "all", label: "All that is kept" },
] as const;

/** The name of a period that ends now. */
export type RangeName = (typeof ranges)[number]["name"];

/** What to show: a period that ends now, or one that was set. */
export type PeriodChoice = { readonly range: RangeName } | Period;

/** The longest that the admin API answers: more than is kept. */
const longestDays = 3_660;

/** What a URL asks for: both instants, in order, else the range, else seven days. */
export function periodChoice(search: {
  range?: RangeName | undefined;
  from?: string | undefined;
  to?: string | undefined;
}): PeriodChoice {
  const { range = "7d", from, to } = search;
  return from !== undefined && to !== undefined && from < to ? { from, to } : { range };
}

/** The period itself. Days begin in `zone`. */
export function periodOf(choice: PeriodChoice, now: Date, zone: string): Period {
  if (!("range" in choice)) return choice;
  switch (choice.range) {
    case "24h":
      return lastHours(24, now);
    case "3d":
      return lastHours(72, now);
    case "all":
      // A day less: it is counted from midnight on, and one day may have 25 hours.
      return lastDays(longestDays - 1, now, zone);
    default:
      return lastDays(Number.parseInt(choice.range, 10), now, zone);
  }
}
