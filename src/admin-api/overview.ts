/** GET /admin/overview. */
import type { Fresh } from "./answers.ts";

export type OverviewDimension = "isp" | "identity" | "configurationSet" | "tenant";

/** The parameters of the overview. */
export interface OverviewQuery {
  from: string;
  /** Exclusive. */
  to: string;
  /** The IANA time zone of days and hours; the default is UTC. */
  zone?: string | undefined;
  /** The default is `isp`. */
  by?: OverviewDimension | undefined;
  /** The name of a tenant: only mail that was sent for it. */
  tenant?: string | undefined;
}

/** Event counts. Each message and recipient counts once, on the day of the first event. */
export interface Volumes {
  sends: number;
  deliveries: number;
  permanentBounces: number;
  transientBounces: number;
  complaints: number;
  opens: number;
  clicks: number;
  /** The denominators for complaints, opens and clicks: deliveries for which these can be observed. */
  deliveriesWithFeedback: number;
  deliveriesOpenTracked: number;
  deliveriesClickTracked: number;
}

/** Fractions from 0 to 1; null if the denominator is 0. */
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
  /** The start of the hour or day. */
  at: string;
}

/** Volumes with their rates. */
export interface Totals {
  volumes: Volumes;
  rates: Rates;
}

/** The part of the totals with one value of the dimension. */
export interface OverviewShare extends Totals {
  /** '' for mail without a value, such as mail without a configuration set. */
  value: string;
}

/** A day with an outlying rate of bounces or complaints. */
export interface Anomaly {
  kind: "bounces" | "complaints";
  /** The start of the day in the requested time zone. */
  at: string;
  /** The mailbox provider; absent for all mail. */
  isp?: string;
  /** The number of permanent bounces or complaints. */
  count: number;
  /** The number of messages sent, or of deliveries that could be complained about. */
  outOf: number;
  rate: number;
  /** The rate of the other days, for the same provider or all mail. */
  usualRate: number;
  /** The deviation above the usual rate in standard deviations, at least 4. */
  score: number;
  /** The anomaly as an English sentence. */
  sentence: string;
}

/** Types of events that the mirror has never brought of an account in a region: their counts there are not known. */
export interface TypesNotSent {
  account: string;
  region: string;
  types: CountedType[];
}

/** The types of events that volumes are counted of. */
export type CountedType = "SEND" | "DELIVERY" | "BOUNCE" | "COMPLAINT" | "OPEN" | "CLICK";

/** Volumes and rates over time. */
export interface Overview extends Fresh {
  from: string;
  to: string;
  zone: string;
  /** Hours for periods of up to three days, days for longer ones. */
  bucket: "hour" | "day";
  /** Oldest first, without gaps. The period may cover only part of the first and the last one. */
  buckets: OverviewBucket[];
  totals: Totals;
  /** The preceding period of the same length. */
  before: Totals & { from: string; to: string };
  by: OverviewDimension;
  /** The 20 values with the most sends. */
  breakdown: OverviewShare[];
  /** The number of other values. */
  others: number;
  /** Highest score first, at most 20. */
  anomalies: Anomaly[];
  /** Of the mirrored accounts and regions shown; absent if every type has come of each, and for a tenant of all accounts. */
  notSent?: TypesNotSent[];
}
