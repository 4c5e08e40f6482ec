/** The paths under /admin/publishing. */

/** How publishing to a target goes. */
export interface PublishingStatus {
  delivered: number;
  /** Given up: refused by the target, too old, or beyond the limit of what may wait. */
  discarded: number;
  lastDeliveredAt?: string;
  /** Since when every try has failed. */
  failingSince?: string;
  lastFailedAt?: string;
  lastError?: string;
}

/** Where an event destination leads to. A topic of a webhook is `SNS`, with the `webhook`. */
export type DestinationService = "SNS" | "EventBridge" | "Firehose" | "CloudWatch" | "Pinpoint" | "unknown";

/** What a target is. */
export type TargetDescription =
  | {
      kind: "eventDestination";
      configurationSet: string;
      eventDestination: string;
      service: DestinationService;
      /** Absent for CloudWatch. */
      arn?: string;
      /** The name of the webhook whose topic it is. */
      webhook?: string;
    }
  | { kind: "webhook"; id: string; name: string; url: string }
  | {
      kind: "identity";
      identity: string;
      notificationType: "Bounce" | "Complaint" | "Delivery";
      arn: string;
      /** The name of the webhook whose topic it is. */
      webhook?: string;
    }
  | { kind: "eventBus"; arn: string }
  /** Deleted while events waited for it: they are discarded. */
  | { kind: "deleted" };

/** Where events are published. */
export type PublishingTarget = TargetDescription & {
  /** The target's name in the server's log. */
  target: string;
  enabled: boolean;
  /** Whether events are sent at present. */
  deliverable: boolean;
  /** Why not. */
  reason?: string;
  /** What waits for it, including what is being sent. */
  backlog: { events: number; bytes: number; oldestAt?: string };
  status: PublishingStatus;
};

/** GET /admin/publishing. */
export interface PublishingOverview {
  /** Events that are committed, and not yet in the queues of targets. `failed` can't be for now; the log says why. */
  unrouted: { events: number; failed: number };
  targets: PublishingTarget[];
}

/** POST /admin/publishing/replay and /admin/webhooks/{id}/resend. */
export interface ReplayedEvents {
  /** How many events are published once more. */
  events: number;
}
