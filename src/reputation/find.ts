/** Finds what is wrong with a tenant's mail; pure. */
import type { Finding, FindingKind, Impact } from "../stores/postgres/tenant-reputations.ts";
import { leastOccurrences, longestWindowDays, representativeVolume, thresholds } from "./thresholds.ts";

/** Messages (each to one recipient) by when they were sent, and how many of them met what. */
export interface DayCounts {
  /** How many whole days ago they were sent: 0 for the last 24 hours. */
  readonly age: number;
  readonly sent: number;
  /** Hard bounces. */
  readonly bounced: number;
  /** Delivered; a complaint proves a delivery, too. */
  readonly delivered: number;
  readonly complained: number;
}

/** A rate that is too high now. */
export type FoundRate = Omit<Finding, "since" | "acceptedImpact">;

const kinds: readonly { kind: FindingKind; whole: "sent" | "delivered"; part: "bounced" | "complained" }[] = [
  { kind: "BOUNCE", whole: "sent", part: "bounced" },
  { kind: "COMPLAINT", whole: "delivered", part: "complained" },
];

/**
 * The rates that are too high, at most one of each kind, in the order of their names. A rate is measured in the shortest
 * window of whole days with a representative volume; without one there is no finding.
 */
export function findRates(days: readonly DayCounts[], now: Date): FoundRate[] {
  return kinds.flatMap(({ kind, whole, part }) => {
    let volume = 0;
    let occurrences = 0;
    for (let age = 0; age < longestWindowDays; age++) {
      for (const day of days) {
        if (day.age !== age) continue;
        volume += day[whole];
        occurrences += day[part];
      }
      if (volume < representativeVolume) continue;
      const rate = occurrences / volume;
      const impact = occurrences < leastOccurrences ? undefined : impactOf(kind, rate);
      return impact === undefined ? [] : [{ kind, impact, rate, volume, windowDays: age + 1, measuredAt: now }];
    }
    return [];
  });
}

function impactOf(kind: FindingKind, rate: number): Impact | undefined {
  const { LOW, HIGH } = thresholds[kind];
  if (rate > HIGH) return "HIGH";
  return rate > LOW ? "LOW" : undefined;
}

const dayMs = 24 * 3_600_000;
const names: Readonly<Record<FindingKind, string>> = { BOUNCE: "bounce", COMPLAINT: "complaint" };

/** A finding in SES's words (facts 2.3). */
export function findingSentence({ kind, impact, volume, windowDays, measuredAt }: Finding): string {
  const percent = (thresholds[kind][impact] * 100).toFixed(1);
  const begin = new Date(measuredAt.getTime() - windowDays * dayMs);
  return (
    `The ${names[kind]} rate exceeded ${percent}% based on a representative volume of ${volume} emails ` +
    `from ${begin.toISOString()} to ${measuredAt.toISOString()}`
  );
}
