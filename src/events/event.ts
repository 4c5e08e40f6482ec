/**
 * The event model: everything known about a message is recorded as events, each with an ID and one recipient.
 * The names of types, bounce types and their subtypes are those of SES's event records.
 */

import type { GivenContent } from "./given-content.ts";

/** SES's ten event types, as its API spells them. */
export type EventType = MailEvent["type"];

/** The fields of all events. */
interface EventBase {
  /** A UUID. Two events with the same ID are duplicates. */
  id: string;
  /** The account and region of the message: a row of PostgreSQL's table scopes. */
  scope: number;
  /** The ID that SendEmail returned. */
  messageId: string;
  /** When the message was accepted; the same in all its events. */
  sentAt: Date;
  /** The address the event is about. */
  recipient: string;
  /** When the event happened. */
  at: Date;
  /** Set if the event came from a mirrored account. */
  mirrored?: Mirrored | undefined;
}

/** What is recorded of an event of a mirrored account besides its own fields. */
export interface Mirrored {
  /** What each event tells about its message, since its SEND may never come; undefined for a SEND, which has it. */
  message?: MessageFacts | undefined;
  /** Members of SES's event that have no field here. */
  unknown?: Readonly<Record<string, unknown>> | undefined;
}

/** The location of a message's MIME in the object store: a byte range in a pack. */
export interface MailLocation {
  key: string;
  offset: number;
  length: number;
}

/** What is known about a message when it is accepted. */
export interface MessageFacts {
  /** The sender's bare address. */
  source: string;
  subject: string | undefined;
  /** The recipient's mailbox provider, or `UNKNOWN_ISP`. */
  isp: string;
  /** The identity (address or domain) that the mail was sent from. */
  identity: string;
  /** The account of the identity, in the same region, if it is not the message's. */
  identityOwner?: { readonly scope: number; readonly accountId: string } | undefined;
  configurationSet: string | undefined;
  tenant: string | undefined;
  /** The stored template that it was made from. */
  template?: string | undefined;
  /** The caller's tags and SES's own (`ses:...`). */
  tags: Readonly<Record<string, readonly string[]>>;
  /** All recipients: To, Cc, Bcc. */
  destination: readonly string[];
  location: MailLocation | undefined;
  /** The address to forward bounces and complaints to, if the message specifies one. */
  feedbackAddress?: string | undefined;
  /** The address whose S/MIME certificate signs the mail, if it has one. */
  smimeSender?: string | undefined;
  /** Whether SES would include the mail in insights and metrics: one recipient, not the mailbox simulator. */
  inSesScope: boolean;
  /** Whether the recipient's provider reports complaints. */
  feedbackLoop: boolean;
  openTracked: boolean;
  clickTracked: boolean;
  /** Recorded if test endpoints are on. */
  given?: GivenContent | undefined;
}

/** The message was accepted. */
export interface SendEvent extends EventBase {
  type: "SEND";
  message: MessageFacts;
}

/** The recipient's server accepted the message. */
export interface DeliveryEvent extends EventBase {
  type: "DELIVERY";
  smtpResponse: string;
  processingTimeMillis: number;
  reportingMta?: string;
  remoteMtaIp?: string;
}

/**
 * Why a report suppresses no address, though it is recorded: it names only another address, it came with an envelope
 * sender or late, as no bounce does, its DKIM signature is not valid, or it is a mirrored account's. Used during the
 * commit. Only whether a bounce is doubtful is recorded.
 */
export type Distrusted = "other-recipient" | "sender" | "late" | "signature" | "mirrored";

/** The recipient's server rejected the message, immediately or later. */
export interface BounceEvent extends EventBase {
  type: "BOUNCE";
  bounceType: "Permanent" | "Transient" | "Undetermined";
  /** `General`, `MailboxFull`, `OnAccountSuppressionList`, ... (SES's own names). */
  bounceSubType: string;
  feedbackId: string;
  /** The reason is a guess, not enough to suppress the address. Recorded as doubtful. */
  guessed?: true;
  /** See `Distrusted`. */
  distrusted?: Distrusted;
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
  /** See `Distrusted`. */
  distrusted?: Distrusted;
  /** `abuse`, `fraud`, `virus`, ... (RFC 5965, section 3.1 and its IANA registry). */
  complaintFeedbackType?: string;
  userAgent?: string;
  arrivalDate?: Date;
}

/** The message was not sent because of its content. */
export interface RejectEvent extends EventBase {
  type: "REJECT";
  reason: string;
}

/** The kind of machine that fetched a pixel or followed a link; see src/recipients/tracking/machine-agents.ts. */
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

/** Delivery failed temporarily and will be retried. */
export interface DeliveryDelayEvent extends EventBase {
  type: "DELIVERY_DELAY";
  delayType: string;
  expirationTime: Date;
  status?: string;
  diagnosticCode?: string;
  reportingMta?: string;
}

/** The recipient changed their subscriptions. */
export interface SubscriptionEvent extends EventBase {
  type: "SUBSCRIPTION";
  contactList: string;
  /** `UnsubscribeHeader`, ... */
  source: string;
  oldTopicPreferences?: TopicPreferences;
  newTopicPreferences?: TopicPreferences;
}

/** A recipient's preferences for a list, in the terms of SES's event records, which differ from its API's. */
export interface TopicPreferences {
  unsubscribeAll: boolean;
  /** Every topic of the list, with its default if the recipient made no choice. */
  topicSubscriptionStatus: readonly { topicName: string; subscriptionStatus: "OptIn" | "OptOut" }[];
}

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
