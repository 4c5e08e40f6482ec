/** The search of messages, whole in its URL, and a message's page. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import type { MessageFilters } from "../../../../src/dashboard/api-types.ts";
import { pagesRoute } from "../../root-route.tsx";
import { exportSearch, listIn, type RawSearch, textIn } from "../../search-params.ts";

/** The filters in a URL's query. */
export function messageFiltersIn(search: RawSearch): MessageFilters {
  return {
    ...exportSearch(search),
    messageId: textIn(search, "messageId"),
    tag: listIn(search, "tag"),
    configurationSet: textIn(search, "configurationSet"),
    identity: textIn(search, "identity"),
  };
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
  component: lazyRouteComponent(() => import("../message/index.tsx"), "MessagePage"),
});

export const messageRoutes = [messagesRoute, messageRoute] as const;
