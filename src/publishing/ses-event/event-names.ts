/** What SES calls its events, in each of the places that name them. */
import type { EventType } from "../../events/event.ts";
import type { NotificationType } from "../../stores/postgres/identity-notifications.ts";
import type { PublishedType } from "../published-event.ts";

export interface EventName {
  /** The value of `eventType` and, for the notifications of identities, of `notificationType`. */
  readonly eventType: string;
  /** The member of the JSON that has the event's details. */
  readonly member: string;
  /** Whether that member precedes `mail`, as in AWS's samples. */
  readonly memberFirst: boolean;
}

export const eventNames: Readonly<Record<EventType, EventName>> = {
  SEND: { eventType: "Send", member: "send", memberFirst: false },
  REJECT: { eventType: "Reject", member: "reject", memberFirst: false },
  BOUNCE: { eventType: "Bounce", member: "bounce", memberFirst: true },
  COMPLAINT: { eventType: "Complaint", member: "complaint", memberFirst: true },
  DELIVERY: { eventType: "Delivery", member: "delivery", memberFirst: false },
  OPEN: { eventType: "Open", member: "open", memberFirst: false },
  CLICK: { eventType: "Click", member: "click", memberFirst: true },
  RENDERING_FAILURE: { eventType: "Rendering Failure", member: "failure", memberFirst: false },
  DELIVERY_DELAY: { eventType: "DeliveryDelay", member: "deliveryDelay", memberFirst: false },
  SUBSCRIPTION: { eventType: "Subscription", member: "subscription", memberFirst: false },
};

/**
 * EventBridge's `detail-type`. Those of the suppression list and of the mirror are our own, because SES has no such events.
 * The others are SES's.
 */
export const detailTypes: Readonly<Record<PublishedType, string>> = {
  SEND: "Email Sent",
  REJECT: "Email Rejected",
  BOUNCE: "Email Bounced",
  COMPLAINT: "Email Complaint Received",
  DELIVERY: "Email Delivered",
  OPEN: "Email Opened",
  CLICK: "Email Clicked",
  RENDERING_FAILURE: "Email Rendering Failed",
  DELIVERY_DELAY: "Email Delivery Delayed",
  SUBSCRIPTION: "Email Subscribed",
  SENDING_PAUSED: "Sending Status Disabled",
  SENDING_RESUMED: "Sending Status Enabled",
  SUPPRESSION_ADDED: "Suppressed Destination Added",
  SUPPRESSION_REMOVED: "Suppressed Destination Removed",
  RATE_ALERT_OPENED: "Advisor Recommendation Status Open",
  RATE_ALERT_CLOSED: "Advisor Recommendation Status Resolved",
  RECOMMENDATION_OPENED: "Advisor Recommendation Status Open",
  RECOMMENDATION_FIXED: "Advisor Recommendation Status Resolved",
  SOURCE_ALERT_OPENED: "Mirror Source Alert Opened",
  SOURCE_ALERT_CLOSED: "Mirror Source Alert Closed",
};

/** CloudWatch's metric names. Those of delays and subscriptions have not been observed in SES. */
export const metricNames: Readonly<Record<EventType, string>> = {
  SEND: "Send",
  REJECT: "Reject",
  BOUNCE: "Bounce",
  COMPLAINT: "Complaint",
  DELIVERY: "Delivery",
  OPEN: "Open",
  CLICK: "Click",
  RENDERING_FAILURE: "RenderingFailure",
  DELIVERY_DELAY: "DeliveryDelay",
  SUBSCRIPTION: "Subscription",
};

/** The events that identities are notified of, and the type of notification. */
export const notificationNames = {
  BOUNCE: "Bounce",
  COMPLAINT: "Complaint",
  DELIVERY: "Delivery",
} as const satisfies Partial<Record<EventType, NotificationType>>;

export type NotifiedType = keyof typeof notificationNames;

export function isNotified(type: EventType): type is NotifiedType {
  return Object.hasOwn(notificationNames, type);
}

/** The types of event that a message has once, however many recipients it has: SES publishes one for all of them. */
const oncePerMessage: ReadonlySet<PublishedType> = new Set<EventType>(["SEND", "REJECT", "RENDERING_FAILURE"]);

/** Whether SES publishes one such event for a message with several recipients, instead of one for each of them. */
export function isPublishedOncePerMessage(type: PublishedType): boolean {
  return oncePerMessage.has(type);
}
