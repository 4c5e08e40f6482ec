/** GET /admin/messages/{id}; GET /admin/messages/{id}/content and its /html. */
import type { LastDelivery, LastEngagement } from "./message-search.ts";

/** A message with all its events. */
export interface MessageDetails {
  /** Where messages of all accounts are shown: the account that it belongs to, and its region. */
  account?: string;
  region?: string;
  messageId: string;
  sentAt: string;
  sender: string;
  subject: string;
  /** Unique; names of SES's own tags begin with `ses:`. */
  tags: { name: string; value: string }[];
  configurationSet?: string;
  identity?: string;
  tenant?: string;
  openTracked: boolean;
  clickTracked: boolean;
  /** Size of the stored mail in bytes; absent if none was stored. Old mail may have been deleted since. */
  size?: number;
  /** In the order of the message's recipients. */
  recipients: MessageRecipient[];
}

/** A message's events for one recipient. */
export interface MessageRecipient {
  recipient: string;
  isp?: string;
  lastDelivery?: LastDelivery;
  /** Excludes engagement by machines if MAILGLASS_MACHINE_ENGAGEMENT says so. */
  lastEngagement?: LastEngagement;
  /** Oldest first. */
  events: MessageEvent[];
}

/** The kind of machine that opened or clicked instead of a person. */
export type MachineKind = "proxy" | "prefetch" | "scanner" | "bot";

export interface EventBase {
  id: string;
  at: string;
}

/** A recipient's preferences for a contact list. */
export interface TopicChoices {
  unsubscribeAll: boolean;
  topicSubscriptionStatus: { topicName: string; subscriptionStatus: "OptIn" | "OptOut" }[];
}

/** An event with the details from its source. */
export type MessageEvent =
  | (EventBase & { type: "SEND" })
  | (EventBase & {
      type: "DELIVERY";
      smtpResponse?: string;
      processingTimeMillis?: number;
      reportingMta?: string;
      remoteMtaIp?: string;
    })
  | (EventBase & {
      type: "BOUNCE";
      bounceType: "Permanent" | "Transient" | "Undetermined";
      bounceSubType: string;
      action?: string;
      /** The enhanced status code: `5.1.1`. */
      status?: string;
      diagnostic?: string;
      reportingMta?: string;
      remoteMtaIp?: string;
      feedbackId?: string;
    })
  | (EventBase & {
      type: "COMPLAINT";
      complaintSubType?: string;
      complaintFeedbackType?: string;
      userAgent?: string;
      arrivalDate?: string;
      feedbackId?: string;
    })
  | (EventBase & { type: "REJECT"; reason?: string })
  | (EventBase & { type: "OPEN"; ipAddress?: string; userAgent?: string; machine?: MachineKind })
  | (EventBase & {
      type: "CLICK";
      link?: string;
      linkTags?: Record<string, string[]>;
      ipAddress?: string;
      userAgent?: string;
      machine?: MachineKind;
    })
  | (EventBase & { type: "RENDERING_FAILURE"; errorMessage?: string; templateName?: string })
  | (EventBase & {
      type: "DELIVERY_DELAY";
      delayType?: string;
      expirationTime?: string;
      status?: string;
      diagnostic?: string;
      reportingMta?: string;
    })
  | (EventBase & {
      type: "SUBSCRIPTION";
      contactList?: string;
      source?: string;
      oldTopicPreferences?: TopicChoices;
      newTopicPreferences?: TopicChoices;
    });

/** The event types as spelled in the SES API. */
export type MessageEventType = MessageEvent["type"];

/** The contents of a mail. Its HTML, if any, is at `/admin/messages/{id}/html`, for a sandboxed frame. */
export interface MessageContent {
  /** The text part; if there is only HTML, its text. */
  text: string;
  /** Whether `text` was generated from the HTML. */
  textFromHtml: boolean;
  /** Whether the text was truncated (at 1,000,000 characters). */
  textCut: boolean;
  html: boolean;
  /** Whether the HTML refers to images or styles on other servers, which load only with `remote=1`. */
  remoteContent: boolean;
  attachments: MailAttachment[];
  /** In their original order, decoded. */
  headers: { name: string; value: string }[];
}

/** An attachment of a mail. */
export interface MailAttachment {
  name: string;
  /** The media type. */
  type: string;
  /** Decoded size in bytes. */
  size: number;
  /** Whether the HTML displays it by its content ID. */
  inline: boolean;
}
