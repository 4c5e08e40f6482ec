/** How to begin. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

export const startRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/start",
  component: lazyRouteComponent(() => import("./index.tsx"), "StartPage"),
});
