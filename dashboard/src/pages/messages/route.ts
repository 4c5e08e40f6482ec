/** The search of messages, whole in its URL, and a message's page. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { LastDelivery, LastEngagement, MessageFilters } from "../../../../src/dashboard/api-types.ts";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, choicesIn, instantIn, listIn, type RawSearch, textIn } from "../../search-params.ts";

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
    from: instantIn(search, "from"),
    to: instantIn(search, "to"),
  };
}

/** How the mail itself can be looked at. */
export const mailViews = ["text", "html", "headers", "source"] as const;

/** What a message's page shows. */
export interface MessageView {
  /** The recipient that was come for, whose timeline is open and whose copy of the mail is shown. */
  recipient?: string | undefined;
  view?: (typeof mailViews)[number] | undefined;
}

const messagesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/messages",
  validateSearch: messageFiltersIn,
  component: lazyRouteComponent(() => import("./index.tsx"), "MessagesPage"),
});

const messageRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/messages/$messageId",
  validateSearch: (search: RawSearch): MessageView => ({
    recipient: textIn(search, "recipient"),
    view: choiceIn(search, "view", mailViews),
  }),
  component: lazyRouteComponent(() => import("../message/index.tsx"), "MessagePage"),
});

export const messageRoutes = [messagesRoute, messageRoute] as const;
