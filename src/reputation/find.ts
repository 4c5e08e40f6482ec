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

const parts = { BOUNCE: "bounced", COMPLAINT: "complained" } as const;
const wholes = { BOUNCE: "sent", COMPLAINT: "delivered" } as const;
const kinds: readonly FindingKind[] = ["BOUNCE", "COMPLAINT"];

/** A rate: how many of how much mail, in which window. */
export interface MeasuredRate {
  readonly occurrences: number;
  readonly volume: number;
  readonly windowDays: number;
}

/**
 * Measures a rate of bounces out of messages sent, or of complaints out of messages delivered, in the shortest window of
 * whole days with this volume; undefined if there is none.
 */
export function measureRate(days: readonly DayCounts[], kind: FindingKind, volume: number): MeasuredRate | undefined {
  let [measured, occurrences] = [0, 0];
  for (let age = 0; age < longestWindowDays; age++) {
    for (const day of days) {
      if (day.age !== age) continue;
      measured += day[wholes[kind]];
      occurrences += day[parts[kind]];
    }
    if (measured >= volume) return { occurrences, volume: measured, windowDays: age + 1 };
  }
  return undefined;
}

/**
 * The rates that are too high, at most one of each kind, in the order of their names. A rate is measured in the shortest
 * window of whole days with a representative volume; without one there is no finding.
 */
export function findRates(days: readonly DayCounts[], now: Date): FoundRate[] {
  return kinds.flatMap((kind) => {
    const measured = measureRate(days, kind, representativeVolume);
    if (!measured || measured.occurrences < leastOccurrences) return [];
    const { occurrences, volume, windowDays } = measured;
    const rate = occurrences / volume;
    const impact = impactOf(kind, rate);
    return impact === undefined ? [] : [{ kind, impact, rate, volume, windowDays, measuredAt: now }];
  });
}

function impactOf(kind: FindingKind, rate: number): Impact | undefined {
  const { LOW, HIGH } = thresholds[kind];
  if (rate > HIGH) return "HIGH";
  return rate > LOW ? "LOW" : undefined;
}

/** A finding in SES's words (facts 2.3). */
export function findingSentence(finding: Finding): string {
  return rateSentence(finding, thresholds[finding.kind][finding.impact]);
}

const dayMs = 24 * 3_600_000;
const names: Readonly<Record<FindingKind, string>> = { BOUNCE: "bounce", COMPLAINT: "complaint" };

/** What SES says of a rate above a threshold, a fraction. */
export function rateSentence(
  { kind, volume, windowDays, measuredAt }: Pick<Finding, "kind" | "volume" | "windowDays" | "measuredAt">,
  threshold: number,
): string {
  // At least one decimal, as SES writes; not the noise of 0.003 * 100.
  const exact = Number((threshold * 100).toPrecision(6));
  const percent = Number.isInteger(exact * 10) ? exact.toFixed(1) : `${exact}`;
  const begin = new Date(measuredAt.getTime() - windowDays * dayMs);
  return (
    `The ${names[kind]} rate exceeded ${percent}% based on a representative volume of ${volume} emails ` +
    `from ${begin.toISOString()} to ${measuredAt.toISOString()}`
  );
}
