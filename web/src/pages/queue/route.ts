/** What waits to be delivered. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

export const queueRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/queue",
  component: lazyRouteComponent(() => import("./index.tsx"), "QueuePage"),
});
