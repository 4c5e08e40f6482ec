/** Renders events that are not about mail. */
import type { Alert } from "../../admin-api/alerts.ts";
import { wellFormedJson } from "../../common/well-formed-json.ts";
import type { AccountEventType } from "../published-event.ts";

/** Sending was paused or resumed: of the account or, if it names one, of a configuration set or tenant. */
export interface SendingStatusEvent {
  readonly type: "SENDING_PAUSED" | "SENDING_RESUMED";
  readonly at: Date;
  /** A sentence: why. */
  readonly cause: string;
  /** Whether a user did it, or the server itself. */
  readonly by: "user" | "server";
  /** Sending was resumed although there are reputation findings. */
  readonly reinstated?: boolean | undefined;
  readonly configurationSet?: string | undefined;
  readonly tenant?: string | undefined;
}

/** An address was added to a suppression list, of the account or of a tenant, or removed from it. */
export interface SuppressionEvent {
  readonly type: "SUPPRESSION_ADDED" | "SUPPRESSION_REMOVED";
  readonly at: Date;
  readonly emailAddress: string;
  readonly reason?: "BOUNCE" | "COMPLAINT" | undefined;
  readonly tenant?: string | undefined;
  /** The message whose bounce or complaint added the address. */
  readonly messageId?: string | undefined;
}

/** There is an alert of a rate of bounces or complaints, or it is over. */
export interface RateAlertEvent {
  readonly type: "RATE_ALERT_OPENED" | "RATE_ALERT_CLOSED";
  readonly at: Date;
  /** A sentence. */
  readonly text: string;
  readonly impact: "HIGH" | "LOW";
  readonly metric: "BOUNCE" | "COMPLAINT";
  readonly alert: Alert;
}

/** There is an alert of a source of the mirror, or it is over. */
export interface SourceAlertEvent {
  readonly type: "SOURCE_ALERT_OPENED" | "SOURCE_ALERT_CLOSED";
  readonly at: Date;
  readonly alert: Alert;
}

/** There is a recommendation about the DNS records of a domain or an address of the server, or it is fixed. */
export interface RecommendationEvent {
  readonly type: "RECOMMENDATION_OPENED" | "RECOMMENDATION_FIXED";
  readonly at: Date;
  /** A sentence. */
  readonly text: string;
  readonly impact: "HIGH" | "LOW";
  readonly recommendation: {
    readonly id: string;
    readonly type: "DKIM" | "SPF" | "DMARC" | "BIMI" | "IP_LISTING";
    /** The domain; undefined for an address. */
    readonly identity: string | undefined;
    readonly openedAt: Date;
    readonly fixedAt: Date | undefined;
  };
}

export type AlertEvent = RateAlertEvent | SourceAlertEvent;

export type AccountEvent = SendingStatusEvent | SuppressionEvent | AlertEvent | RecommendationEvent;

const eventTypes: Readonly<Record<AccountEventType, string>> = {
  SENDING_PAUSED: "SendingStatusDisabled",
  SENDING_RESUMED: "SendingStatusEnabled",
  SUPPRESSION_ADDED: "SuppressionAdded",
  SUPPRESSION_REMOVED: "SuppressionRemoved",
  RATE_ALERT_OPENED: "AdvisorRecommendationStatusOpen",
  RATE_ALERT_CLOSED: "AdvisorRecommendationStatusResolved",
  RECOMMENDATION_OPENED: "AdvisorRecommendationStatusOpen",
  RECOMMENDATION_FIXED: "AdvisorRecommendationStatusResolved",
  SOURCE_ALERT_OPENED: "SourceAlertOpened",
  SOURCE_ALERT_CLOSED: "SourceAlertClosed",
};

/** Renders an event as one line of JSON, without a line break. */
export function renderAccountEvent(event: AccountEvent): string {
  const eventType = eventTypes[event.type];
  switch (event.type) {
    case "SENDING_PAUSED":
    case "SENDING_RESUMED":
      return wellFormedJson({ eventType, ...sendingStatus(event) });
    case "SUPPRESSION_ADDED":
    case "SUPPRESSION_REMOVED":
      return wellFormedJson({
        eventType,
        suppression: {
          emailAddress: event.emailAddress,
          reason: event.reason,
          tenantName: event.tenant,
          messageId: event.messageId,
          timestamp: event.at.toISOString(),
        },
      });
    case "RATE_ALERT_OPENED":
    case "RATE_ALERT_CLOSED": {
      // The detail of SES's `Advisor Recommendation Status` events (facts 2.3), and our alert.
      const { text: data, impact, metric: type, alert } = event;
      return wellFormedJson({ eventType, version: "1.0.0", data, metadata: { impact, type }, alert });
    }
    case "RECOMMENDATION_OPENED":
    case "RECOMMENDATION_FIXED": {
      const { text: data, impact, recommendation } = event;
      const { type } = recommendation;
      return wellFormedJson({ eventType, version: "1.0.0", data, metadata: { impact, type }, recommendation });
    }
    case "SOURCE_ALERT_OPENED":
    case "SOURCE_ALERT_CLOSED":
      return wellFormedJson({ eventType, alert: event.alert });
  }
}

/** The detail of SES's `Sending Status` events on EventBridge (facts 2.3). */
function sendingStatus({ type, at, cause, by, reinstated, configurationSet, tenant }: SendingStatusEvent): object {
  const resumed = reinstated ? "REINSTATED" : "ENABLED";
  return {
    version: "1.0.0",
    data: {
      origin: by === "user" ? "CUSTOMER_MANAGED" : "AWS_MANAGED",
      record: {
        status: type === "SENDING_PAUSED" ? "DISABLED" : resumed,
        cause,
        lastUpdatedTimestamp: timeParts(at),
        configurationSetName: configurationSet,
        tenantName: tenant,
      },
    },
  };
}

/** SES's notation: year, month, day, hour, minute, second and nanosecond, in UTC. */
function timeParts(at: Date): number[] {
  return [
    at.getUTCFullYear(),
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
    at.getUTCMilliseconds() * 1_000_000,
  ];
}
