/** What became of mail, in plain words and with a colour, the same on all pages. */
import type { MessageEventType } from "../../../src/admin-api/message.ts";
import type { LastDelivery, LastEngagement } from "../../../src/admin-api/message-search.ts";

/** A name with one of the theme's colours. */
export interface Named {
  readonly name: string;
  readonly color: string;
}

/** The types of events. */
export const eventNames: Readonly<Record<MessageEventType, Named>> = {
  SEND: { name: "Sent", color: "gray" },
  DELIVERY: { name: "Delivered", color: "teal" },
  BOUNCE: { name: "Bounced", color: "red" },
  COMPLAINT: { name: "Complaint", color: "grape" },
  REJECT: { name: "Rejected", color: "red" },
  OPEN: { name: "Opened", color: "blue" },
  CLICK: { name: "Clicked", color: "indigo" },
  RENDERING_FAILURE: { name: "Rendering failed", color: "red" },
  DELIVERY_DELAY: { name: "Delayed", color: "orange" },
  SUBSCRIPTION: { name: "Subscription changed", color: "gray" },
};

/** The name of a type; its own if it is none of those. */
export function namedEvent(type: string): Named {
  return new Map<string, Named>(Object.entries(eventNames)).get(type) ?? { name: type, color: "gray" };
}

/** The highest event of delivery. */
export const deliveryNames: Readonly<Record<LastDelivery, Named>> = {
  SEND: eventNames.SEND,
  DELIVERY: eventNames.DELIVERY,
  TRANSIENT_BOUNCE: { name: "Bounced for now", color: "orange" },
  PERMANENT_BOUNCE: { name: "Bounced for good", color: "red" },
  UNDETERMINED_BOUNCE: { name: "Bounced, unclear", color: "orange" },
  COMPLAINT: eventNames.COMPLAINT,
};

/** The highest event of engagement. */
export const engagementNames: Readonly<Record<LastEngagement, Named>> = {
  OPEN: eventNames.OPEN,
  CLICK: eventNames.CLICK,
};
