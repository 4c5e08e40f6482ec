/** The search of messages, whole in its URL, and a message's page. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { messageViewIn } from "../message/message-view.ts";
import { messageFiltersIn } from "./filters-in-url.ts";

const messagesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/messages",
  validateSearch: messageFiltersIn,
  component: lazyRouteComponent(() => import("./index.tsx"), "MessagesPage"),
});

const messageRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/messages/$messageId",
  validateSearch: messageViewIn,
  component: lazyRouteComponent(() => import("../message/index.tsx"), "MessagePage"),
});

export const messageRoutes = [messagesRoute, messageRoute] as const;
