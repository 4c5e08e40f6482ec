/**
 * The event model: everything that is known of a message is an event of one recipient, with an id.
 * The names of types, bounce types and their subtypes are those of SES's event records.
 */

/** SES's ten event types, as its API spells them. */
export type EventType = MailEvent["type"];

/** What every event says. */
interface EventBase {
  /** A UUID. Two events with the same id are one event told twice. */
  id: string;
  /** The id that SendEmail answered. */
  messageId: string;
  /** When the message was accepted: the same instant in all its events. */
  sentAt: Date;
  /** The address the event is about. */
  recipient: string;
  /** When it happened. */
  at: Date;
}

/** Where a message's MIME lies in the object store: a range of bytes in a pack of many. */
export interface MailLocation {
  key: string;
  offset: number;
  length: number;
}

/** What is known of a message when it is accepted. */
export interface MessageFacts {
  /** The sender's bare address. */
  source: string;
  /** Absent when the message has none. */
  subject: string | undefined;
  /** The recipient's mailbox provider, or `UNKNOWN_ISP`. */
  isp: string;
  /** The identity (address or domain) under which the mail was sent. */
  identity: string;
  configurationSet: string | undefined;
  tenant: string | undefined;
  /** The caller's tags and SES's own (`ses:...`). */
  tags: Readonly<Record<string, readonly string[]>>;
  /** All recipients: To, Cc, Bcc. */
  destination: readonly string[];
  location: MailLocation | undefined;
  /** Where bounces and complaints are forwarded to, where the message names an address for that. */
  feedbackAddress?: string | undefined;
  /** Whether SES would show the mail in insights and metrics: one recipient, not the mailbox simulator. */
  inSesScope: boolean;
  /** Whether the recipient's provider reports complaints. */
  feedbackLoop: boolean;
  openTracked: boolean;
  clickTracked: boolean;
}

/** The message was accepted. */
export interface SendEvent extends EventBase {
  type: "SEND";
  message: MessageFacts;
}

/** The recipient's server took the message. */
export interface DeliveryEvent extends EventBase {
  type: "DELIVERY";
  smtpResponse: string;
  processingTimeMillis: number;
  reportingMta?: string;
  remoteMtaIp?: string;
}

/** The recipient's server refused the message, at once or later. */
export interface BounceEvent extends EventBase {
  type: "BOUNCE";
  bounceType: "Permanent" | "Transient" | "Undetermined";
  /** `General`, `MailboxFull`, `OnAccountSuppressionList`, ... (SES's own names). */
  bounceSubType: string;
  feedbackId: string;
  /** The reason is a guess: too little to hold the address for dead. For the moment of the commit; it isn't recorded. */
  guessed?: true;
  action?: string;
  /** The enhanced status code, such as `5.1.1`. */
  status?: string;
  diagnosticCode?: string;
  reportingMta?: string;
  remoteMtaIp?: string;
}

/** The recipient complained. */
export interface ComplaintEvent extends EventBase {
  type: "COMPLAINT";
  feedbackId: string;
  complaintSubType?: string;
  /** `abuse`, `fraud`, `virus`, ... (RFC 5965, section 3.1 and the IANA registry it made). */
  complaintFeedbackType?: string;
  userAgent?: string;
  arrivalDate?: Date;
}

/** The message was not sent, since its content is bad. */
export interface RejectEvent extends EventBase {
  type: "REJECT";
  reason: string;
}

/** What fetched a pixel or followed a link where it was not a person, in the words of src/recipients/tracking/machine-agents.ts. */
export type Machine = "proxy" | "prefetch" | "scanner" | "bot";

/** The tracking pixel was fetched. */
export interface OpenEvent extends EventBase {
  type: "OPEN";
  ipAddress: string;
  userAgent: string;
  /** Absent for a person, as far as one can tell. */
  machine?: Machine | undefined;
}

/** A tracked link was followed. */
export interface ClickEvent extends EventBase {
  type: "CLICK";
  ipAddress: string;
  userAgent: string;
  link: string;
  linkTags?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Absent for a person, as far as one can tell. */
  machine?: Machine | undefined;
}

/** A template could not be rendered. */
export interface RenderingFailureEvent extends EventBase {
  type: "RENDERING_FAILURE";
  errorMessage: string;
  templateName: string;
}

/** Delivery failed for now and will be tried again. */
export interface DeliveryDelayEvent extends EventBase {
  type: "DELIVERY_DELAY";
  delayType: string;
  expirationTime: Date;
  status?: string;
  diagnosticCode?: string;
  reportingMta?: string;
}

/** The recipient changed what they are subscribed to. */
export interface SubscriptionEvent extends EventBase {
  type: "SUBSCRIPTION";
  contactList: string;
  /** `UnsubscribeHeader`, ... */
  source: string;
  oldTopicPreferences?: TopicPreferences;
  newTopicPreferences?: TopicPreferences;
}

/** What a recipient wants of a list, in the words of SES's event records, which are not those of its API. */
export interface TopicPreferences {
  unsubscribeAll: boolean;
  /** Every topic of the list, with its default where the recipient chose nothing. */
  topicSubscriptionStatus: readonly { topicName: string; subscriptionStatus: "OptIn" | "OptOut" }[];
}

/** Any event. */
export type MailEvent =
  | SendEvent
  | DeliveryEvent
  | BounceEvent
  | ComplaintEvent
  | RejectEvent
  | OpenEvent
  | ClickEvent
  | RenderingFailureEvent
  | DeliveryDelayEvent
  | SubscriptionEvent;
