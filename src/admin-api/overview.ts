/** GET /admin/overview. */
import type { Fresh } from "./answers.ts";

export type OverviewDimension = "isp" | "identity" | "configurationSet";

/** The parameters of the overview. */
export interface OverviewQuery {
  from: string;
  /** Not included. */
  to: string;
  /** An IANA time zone, in which days and hours begin; UTC unless given. */
  zone?: string | undefined;
  /** `isp` unless given. */
  by?: OverviewDimension | undefined;
}

/** How often each happened. All are unique for a message and recipient, on the first day that it happened. */
export interface Volumes {
  sends: number;
  deliveries: number;
  permanentBounces: number;
  transientBounces: number;
  complaints: number;
  opens: number;
  clicks: number;
  /** What complaints, opens and clicks are measured against: deliveries where there could be some. */
  deliveriesWithFeedback: number;
  deliveriesOpenTracked: number;
  deliveriesClickTracked: number;
}

/** Shares from 0 to 1; null where there was nothing to measure against. */
export interface Rates {
  deliveries: number | null;
  permanentBounces: number | null;
  transientBounces: number | null;
  complaints: number | null;
  opens: number | null;
  clicks: number | null;
}

/** An hour or a day. */
export interface OverviewBucket extends Volumes {
  /** When it begins. */
  at: string;
}

/** Volumes with their rates. */
export interface Totals {
  volumes: Volumes;
  rates: Rates;
}

/** What a value of the dimension has of the period. */
export interface OverviewShare extends Totals {
  /** '' for mail that has none, such as mail without a configuration set. */
  value: string;
}

/** A day whose rate of bounces or complaints stands out of the others. */
export interface Anomaly {
  kind: "bounces" | "complaints";
  /** When the day begins, in the zone asked for. */
  at: string;
  /** Of which provider; absent for all mail. */
  isp?: string;
  /** How many bounced (permanently) or complained. */
  count: number;
  /** Of how many sent, or of how many deliveries that could be complained about. */
  outOf: number;
  rate: number;
  /** The rate of the other days of the same provider, or of all mail. */
  usualRate: number;
  /** How far it is above what is usual, in standard deviations: 4 at the least. */
  score: number;
  /** It all in a sentence of English. */
  sentence: string;
}

/** Volumes and rates over time. */
export interface Overview extends Fresh {
  from: string;
  to: string;
  zone: string;
  /** Hours up to three days, days beyond. */
  bucket: "hour" | "day";
  /** Oldest first, none left out. The first and the last may be cut by the period. */
  buckets: OverviewBucket[];
  totals: Totals;
  /** The period of the same length before it. */
  before: Totals & { from: string; to: string };
  by: OverviewDimension;
  /** The 20 values with most sends. */
  breakdown: OverviewShare[];
  /** How many values there are besides. */
  others: number;
  /** The most striking first; at most 20. */
  anomalies: Anomaly[];
}
