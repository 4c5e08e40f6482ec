/** GET /admin/queue. */

/** What waits to be delivered. */
export interface SendQueue {
  due: number;
  waiting: number;
  claimed: number;
  /** Those with most mail, 100 at most. */
  domains: QueuedDomain[];
}

/** What waits for a domain. */
export interface QueuedDomain {
  domain: string;
  due: number;
  waiting: number;
  claimed: number;
  oldest: string;
  nextTry: string | null;
  lastDiagnostic: string | null;
}
