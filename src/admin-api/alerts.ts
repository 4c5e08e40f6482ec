/** GET /admin/alerts, and the member `alert` of the events of alerts. */

/** An alert. Left out is what its kind does not have. */
export interface Alert {
  id: string;
  kind: "bounce-rate" | "complaint-rate" | "source-silent" | "source-queue" | "source-failing";
  /** Of a rate: whose mail it is of. */
  account?: string;
  region?: string;
  subject: {
    type: "identity" | "configuration-set" | "tenant" | "source";
    name: string;
    /** Of a source. */
    id?: string;
  };
  /** A sentence. */
  text: string;
  /** Of a rate: itself and the threshold, from 0 to 1, and the messages that it is of, sent in so many days. */
  rate?: number;
  threshold?: number;
  volume?: number;
  windowDays?: number;
  measuredAt?: string;
  /** Of a silent source; `eventAt` is null if no event has ever come. */
  eventAt?: string | null;
  silenceSeconds?: number;
  /** Of a queue: the messages in it, and those in it when it was noticed. */
  waiting?: number;
  waitingBefore?: number;
  /** Of a source that fails. */
  error?: string;
  errorAt?: string;
  openedAt: string;
  /** Only of a closed one. */
  closedAt?: string;
}

/** GET /admin/alerts: the newest first, up to 1,000 of each. */
export interface AlertList {
  open: Alert[];
  /** Those closed in the last 30 days. */
  closed: Alert[];
}
