/** Configuration sets. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const configurationSetsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/configuration-sets",
  component: lazyRouteComponent(() => import("./index.tsx"), "ConfigurationSetsPage"),
});

export const configurationSetRoutes = [configurationSetsRoute] as const;
