/** GET /admin/queue. */

/** The backlog of the send queue. */
export interface SendQueue {
  due: number;
  waiting: number;
  claimed: number;
  /** The domains with the largest backlogs, at most 100. */
  domains: QueuedDomain[];
}

/** A domain's backlog. */
export interface QueuedDomain {
  domain: string;
  due: number;
  waiting: number;
  claimed: number;
  oldest: string;
  nextTry: string | null;
  lastDiagnostic: string | null;
}
