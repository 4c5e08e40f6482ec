/** GET /admin/messages/{id}; GET /admin/messages/{id}/content, and /html beside it. */
import type { LastDelivery, LastEngagement } from "./message-search.ts";

/** A message with all that happened to it. */
export interface MessageDetails {
  messageId: string;
  sentAt: string;
  sender: string;
  subject: string;
  /** Each once; SES's own begin with `ses:`. */
  tags: { name: string; value: string }[];
  configurationSet?: string;
  identity?: string;
  tenant?: string;
  openTracked: boolean;
  clickTracked: boolean;
  /** Of the mail as it is kept, in bytes; absent where none was kept. Old mail may have been removed since. */
  size?: number;
  /** In the order of the message's recipients. */
  recipients: MessageRecipient[];
}

/** What happened to a message on its way to one recipient. */
export interface MessageRecipient {
  recipient: string;
  isp?: string;
  lastDelivery?: LastDelivery;
  /** Without what machines did, where MAILGLASS_MACHINE_ENGAGEMENT leaves them out. */
  lastEngagement?: LastEngagement;
  /** Oldest first. */
  events: MessageEvent[];
}

/** What opened or clicked where it was not a person. */
export type MachineKind = "proxy" | "prefetch" | "scanner" | "bot";

export interface EventBase {
  id: string;
  at: string;
}

/** What a recipient wants of a contact list. */
export interface TopicChoices {
  unsubscribeAll: boolean;
  topicSubscriptionStatus: { topicName: string; subscriptionStatus: "OptIn" | "OptOut" }[];
}

/** An event, with what its source told. */
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

/** The type of an event, as SES's API spells it. */
export type MessageEventType = MessageEvent["type"];

/** What is in a mail. Its HTML, where it has some, is at `/admin/messages/{id}/html`, for a sandboxed frame. */
export interface MessageContent {
  /** The mail's own text; where it has none but HTML, that as text. */
  text: string;
  /** Whether `text` was made of the HTML. */
  textFromHtml: boolean;
  /** Whether the text goes on beyond what is told (1,000,000 characters). */
  textCut: boolean;
  html: boolean;
  /** Whether the HTML names pictures or styles of other servers, which `remote=1` lets load. */
  remoteContent: boolean;
  attachments: MailAttachment[];
  /** In their order, decoded. */
  headers: { name: string; value: string }[];
}

/** A file in a mail. */
export interface MailAttachment {
  name: string;
  /** The media type. */
  type: string;
  /** In bytes, decoded. */
  size: number;
  /** Whether the HTML shows it by its content id. */
  inline: boolean;
}
