/** GET /admin/queue. */

/** Numbers of queued messages, one per recipient. */
export interface QueuedMailCounts {
  due: number;
  waiting: number;
  claimed: number;
  /** Sending is paused for their configuration set. */
  paused: number;
}

/** The backlog of the send queue. */
export interface SendQueue extends QueuedMailCounts {
  /** The domains with the largest backlogs, at most 100. */
  domains: QueuedDomain[];
}

/** A domain's backlog. */
export interface QueuedDomain extends QueuedMailCounts {
  domain: string;
  oldest: string;
  nextTry: string | null;
  lastDiagnostic: string | null;
}
