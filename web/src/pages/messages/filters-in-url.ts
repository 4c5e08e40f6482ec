/** What messages are searched by, as a URL's query has it. */
import type { LastDelivery, LastEngagement, MessageFilters } from "../../../../src/admin-api/message-search.ts";
import { choicesIn, instantIn, listIn, type RawSearch, textIn } from "../../search-params.ts";

/** In the order of their rank. */
export const deliveryEvents = [
  "SEND",
  "TRANSIENT_BOUNCE",
  "PERMANENT_BOUNCE",
  "UNDETERMINED_BOUNCE",
  "DELIVERY",
  "COMPLAINT",
] as const satisfies readonly LastDelivery[];

export const engagementEvents = ["OPEN", "CLICK"] as const satisfies readonly LastEngagement[];

/** The filters in a URL's query. */
export function messageFiltersIn(search: RawSearch): MessageFilters {
  return {
    recipient: textIn(search, "recipient"),
    sender: textIn(search, "sender"),
    subject: textIn(search, "subject"),
    messageId: textIn(search, "messageId"),
    isp: listIn(search, "isp"),
    lastDelivery: choicesIn(search, "lastDelivery", deliveryEvents),
    lastEngagement: choicesIn(search, "lastEngagement", engagementEvents),
    tag: listIn(search, "tag"),
    configurationSet: textIn(search, "configurationSet"),
    identity: textIn(search, "identity"),
    tenant: textIn(search, "tenant"),
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
  };
}
