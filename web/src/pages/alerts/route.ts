/** Alerts: what is wrong now, and what was lately. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

export const alertsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/alerts",
  component: lazyRouteComponent(() => import("./index.tsx"), "AlertsPage"),
});
