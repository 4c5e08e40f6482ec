/** What the control totals are asked for, and their words. */
import { queryOptions } from "@tanstack/react-query";
import type { MirrorTotals } from "../../../../src/admin-api/mirror-totals.ts";
import { type MirrorTotalsQuery, readMirrorTotals } from "../../api/mirror.ts";
import { namedEvent } from "../../components/event-names.ts";
import { mirrorKey } from "./sources.ts";

const dayMs = 86_400_000;

export const lastDays = [7, 30, 90] as const;

export const counters = [
  { value: "cloudwatch", label: "CloudWatch" },
  { value: "vdm", label: "VDM" },
] as const satisfies readonly { value: MirrorTotals["by"]; label: string }[];

export interface TotalsChoice {
  readonly by: MirrorTotals["by"];
  readonly days: (typeof lastDays)[number];
}

/** The last days up to today. Each reading calls AWS, so it is not repeated by itself. */
export const totalsQuery = (id: string, choice: TotalsChoice) =>
  queryOptions({
    queryKey: [`${mirrorKey} totals`, id, choice],
    queryFn: ({ signal }) => readMirrorTotals(id, rangeOf(choice, new Date()), signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });

function rangeOf({ by, days }: TotalsChoice, now: Date): MirrorTotalsQuery {
  const tomorrow = (Math.floor(now.getTime() / dayMs) + 1) * dayMs;
  return { by, from: dayName(tomorrow - days * dayMs), to: dayName(tomorrow) };
}

const dayName = (at: number) => new Date(at).toISOString().slice(0, 10);

/** A type of event or, of VDM, a metric. */
export function typeName(type: string): string {
  return metricNames.get(type) ?? namedEvent(type).name;
}

const metricNames: ReadonlyMap<string, string> = new Map([
  ["PERMANENT_BOUNCE", "Hard bounces"],
  ["TRANSIENT_BOUNCE", "Soft bounces"],
]);
