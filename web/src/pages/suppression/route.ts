/** The suppression list; what is looked for is in the URL. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { suppressionSearchIn } from "./filters-in-url.ts";

const suppressionRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/suppression",
  validateSearch: suppressionSearchIn,
  component: lazyRouteComponent(() => import("./index.tsx"), "SuppressionPage"),
});

export const suppressionRoutes = [suppressionRoute] as const;
