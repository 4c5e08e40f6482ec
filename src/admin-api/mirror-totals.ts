/** GET /admin/mirror/{id}/totals: what SES counted beside what arrived. Days are those of UTC, such as `2026-11-24`. */

export interface MirrorTotals {
  /** Who counted. */
  by: "cloudwatch" | "vdm";
  /** The first day, and the one after the last. */
  from: string;
  to: string;
  scopes: MirrorScopeTotals[];
}

/** The totals of an account in a region. */
export interface MirrorScopeTotals {
  account: string;
  region: string;
  /** Why SES's counts could not be read; the lists are empty then. */
  error?: string;
  sums: MirrorCount[];
  days: {
    day: string;
    /** False for today: SES is still counting. */
    complete: boolean;
    counts: MirrorCount[];
  }[];
  /** Counts of complete days of which more than 1 % is missing. */
  gaps: ({ day: string } & MirrorCount)[];
  /** Complete days on which SES counted something and nothing arrived. */
  emptyDays: string[];
  /** Types that SES counted and the source has never brought; they are no gaps. */
  typesNotSent: string[];
}

export interface MirrorCount {
  /** Such as `BOUNCE`; by `vdm` the metric, such as `PERMANENT_BOUNCE`. */
  type: string;
  counted: number;
  arrived: number;
  /** Of types that are counted once for a message with several recipients: for how many recipients they arrived. */
  arrivedRecipients?: number;
  /** `counted` less `arrived`; negative if more arrived. */
  missing: number;
  /** `missing` in percent of `counted`; null if nothing was counted. */
  percent: number | null;
}
