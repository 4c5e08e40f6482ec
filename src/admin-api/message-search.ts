/** GET /admin/messages, GET /admin/messages/count. */
import type { Fresh } from "./answers.ts";

/** A message's highest-ranking event per recipient (DeliveryEventType): SEND < bounces < DELIVERY < COMPLAINT. */
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
 * Search filters: different fields are combined with AND, the values of one field with OR. In a query string, a list is
 * a repeated parameter (`isp=Gmail&isp=Yahoo`); an empty string or list means no filter.
 */
export interface MessageFilters {
  /** An address, case-insensitive. A `*` at either end matches any text: `*@example.com`. */
  recipient?: string | undefined;
  /** The sender's address, with the same syntax. */
  sender?: string | undefined;
  /** A substring of the subject, case-insensitive. With `*` at one end only, its beginning or end. */
  subject?: string | undefined;
  messageId?: string | undefined;
  /** Names as in messages: `Gmail`, `UNKNOWN_ISP`. */
  isp?: readonly string[] | undefined;
  lastDelivery?: readonly LastDelivery[] | undefined;
  lastEngagement?: readonly LastEngagement[] | undefined;
  /** Each `name:value`. A message must have all of them. */
  tag?: readonly string[] | undefined;
  configurationSet?: string | undefined;
  /** The identity that the mail was sent with, or the address or domain of its sender. */
  identity?: string | undefined;
  /** The name of the tenant that the mail was sent for. */
  tenant?: string | undefined;
  /** Sent at or after this time. */
  from?: string | undefined;
  /** Sent before this time. */
  to?: string | undefined;
}

/** A page of a search. */
export interface MessageSearch extends MessageFilters {
  /** `next` of the previous page. It is valid only with the same filters. */
  cursor?: string | undefined;
  /** From 1 to 200; the default is 50. */
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
  /** Absent if only engagement events, such as an open, are known. */
  lastDelivery?: LastDelivery;
  lastEngagement?: LastEngagement;
  /** Of the latest bounce, as in SES's events: `MailboxFull`. */
  bounceSubType?: string;
  /** The reply of the server that rejected it. */
  diagnostic?: string;
  /** Where messages of all accounts are shown: the account that it belongs to, and its region. */
  account?: string;
  region?: string;
}

/** Newest first. */
export interface MessagePage extends Fresh {
  messages: MessageRow[];
  /** The cursor of the next page; absent on the last. */
  next?: string;
}

/** The number of messages, counted per recipient. */
export interface MessageCount extends Fresh {
  count: number;
}
