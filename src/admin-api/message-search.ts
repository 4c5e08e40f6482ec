/** GET /admin/messages, GET /admin/messages/count. */
import type { Fresh } from "./answers.ts";

/** The highest event of a message to a recipient (SES's DeliveryEventType): SEND < bounces < DELIVERY < COMPLAINT. */
export type LastDelivery =
  | "SEND"
  | "TRANSIENT_BOUNCE"
  | "PERMANENT_BOUNCE"
  | "UNDETERMINED_BOUNCE"
  | "DELIVERY"
  | "COMPLAINT";

/** OPEN < CLICK (SES's EngagementEventType). */
export type LastEngagement = "OPEN" | "CLICK";

/**
 * What messages are searched by: members are joined by AND, the values of one by OR. In a query a list is its parameter
 * repeated (`isp=Gmail&isp=Yahoo`); an empty text or list is no filter.
 */
export interface MessageFilters {
  /** An address, whatever its case; `*` at its ends stands for anything: `*@example.com`. */
  recipient?: string | undefined;
  /** The same of the sender's address. */
  sender?: string | undefined;
  /** A part of the subject, whatever its case. With `*` at one end only, what it begins or ends with. */
  subject?: string | undefined;
  messageId?: string | undefined;
  /** As messages have it: `Gmail`, `UNKNOWN_ISP`. */
  isp?: readonly string[] | undefined;
  lastDelivery?: readonly LastDelivery[] | undefined;
  lastEngagement?: readonly LastEngagement[] | undefined;
  /** Each `name:value`. A message must have all of them. */
  tag?: readonly string[] | undefined;
  configurationSet?: string | undefined;
  /** The identity that the mail was sent under, or the address or domain of its sender. */
  identity?: string | undefined;
  /** Sent at or after this instant. */
  from?: string | undefined;
  /** Sent before this instant. */
  to?: string | undefined;
}

/** A page of a search. */
export interface MessageSearch extends MessageFilters {
  /** `next` of the page before. It belongs to the filters it came with. */
  cursor?: string | undefined;
  /** From 1 to 200; 50 unless given. */
  limit?: number | undefined;
}

/** A message to one recipient. */
export interface MessageRow {
  messageId: string;
  recipient: string;
  sentAt: string;
  sender: string;
  subject: string;
  isp: string;
  /** Absent where it is only known that somebody opened the mail, or the like. */
  lastDelivery?: LastDelivery;
  lastEngagement?: LastEngagement;
  /** Of the latest bounce, as in SES's events: `MailboxFull`. */
  bounceSubType?: string;
  /** What the server that refused it said. */
  diagnostic?: string;
}

/** Newest first. */
export interface MessagePage extends Fresh {
  messages: MessageRow[];
  /** The cursor of the next page; absent on the last. */
  next?: string;
}

/** How many there are: messages, each to one recipient. */
export interface MessageCount extends Fresh {
  count: number;
}
