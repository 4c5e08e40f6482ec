/** The suppression list. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const suppressionRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/suppression",
  component: lazyRouteComponent(() => import("./index.tsx"), "SuppressionPage"),
});

export const suppressionRoutes = [suppressionRoute] as const;
