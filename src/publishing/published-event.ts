/** An event as it is published: the same text for every target. */
import type { EventType } from "../events/event.ts";

/** Events about mail, in the order of SES's model. */
export const mailEventTypes = [
  "SEND",
  "REJECT",
  "BOUNCE",
  "COMPLAINT",
  "DELIVERY",
  "OPEN",
  "CLICK",
  "RENDERING_FAILURE",
  "DELIVERY_DELAY",
  "SUBSCRIPTION",
] as const satisfies readonly EventType[];

/** Events that are not about mail, as webhooks name them. */
export const accountEventTypes = [
  "SENDING_PAUSED",
  "SENDING_RESUMED",
  "SUPPRESSION_ADDED",
  "SUPPRESSION_REMOVED",
  "RATE_ALERT_OPENED",
  "RATE_ALERT_CLOSED",
  "RECOMMENDATION_OPENED",
  "RECOMMENDATION_FIXED",
  "SOURCE_ALERT_OPENED",
  "SOURCE_ALERT_CLOSED",
] as const;

export type AccountEventType = (typeof accountEventTypes)[number];

export type PublishedType = EventType | AccountEventType;

export const publishedTypes: readonly PublishedType[] = [...mailEventTypes, ...accountEventTypes];

export function isPublishedType(text: string): text is PublishedType {
  return publishedTypes.some((type) => type === text);
}

export interface PublishedEvent {
  /** The UUID of the event: the same however often and wherever it is published. */
  readonly id: string;
  readonly type: PublishedType;
  /** The row of the publications table that it comes from: there it can be found again. */
  readonly publication: number;
  /** Undefined for events that are not about mail. */
  readonly messageId: string | undefined;
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  /** The identity that sent the mail, or that the event is about. */
  readonly identity: string | undefined;
  /** The event in SES's format: one line of JSON, without a line break. */
  readonly body: string;
}
