/** The numbers of tenants' reputation: when something is a finding, and how often findings are looked for. */
import type { FindingKind, Impact, ReputationPolicy } from "../stores/postgres/tenant-reputations.ts";

/** Rates above these are findings (AWS's documentation and blog). As fractions. */
export const thresholds: Readonly<Record<FindingKind, Readonly<Record<Impact, number>>>> = {
  BOUNCE: { LOW: 0.1, HIGH: 0.15 },
  COMPLAINT: { LOW: 0.005, HIGH: 0.01 },
};

/** The impacts of findings for which a policy pauses a tenant. */
export const pausesOn: Readonly<Record<ReputationPolicy, readonly Impact[]>> = {
  none: [],
  standard: ["HIGH"],
  strict: ["LOW", "HIGH"],
};

/** The longest window, in days; AWS documents windows from 24 hours to 7 days. */
export const longestWindowDays = 7;

/**
 * The number of messages from which a rate is representative. AWS does not say its own; a captured finding had 197. With
 * 100, a true bounce rate of 5 %, which is healthy, exceeds 15 % by chance in less than one of 10,000 cases.
 */
export const representativeVolume = 100;

/** One or two complaints are no rate, however few messages there are: with 100, one would be 1 %. */
export const leastOccurrences = 3;

/** How often findings are looked for without new bounces and complaints: they also end by time. In milliseconds. */
export const intervalMs = 5 * 60_000;

/** How long bounces and complaints are gathered before findings are looked for, in milliseconds. */
export const gatherMs = 2_000;

/** The pause after an evaluation, as a multiple of its duration: evaluations take at most a fifth of the time. */
export const restFactor = 4;
