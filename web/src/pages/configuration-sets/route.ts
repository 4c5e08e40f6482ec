/** Configuration sets, and a page of one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { type RawSearch, textIn } from "../../search-params.ts";

const configurationSetsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/configuration-sets",
  /** `name`: a part of the names to show. */
  validateSearch: (search: RawSearch): { name?: string | undefined } => ({ name: textIn(search, "name") }),
  component: lazyRouteComponent(() => import("./index.tsx"), "ConfigurationSetsPage"),
});

const configurationSetRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/configuration-sets/$name",
  component: lazyRouteComponent(() => import("./configuration-set-page.tsx"), "ConfigurationSetPage"),
});

export const configurationSetRoutes = [configurationSetsRoute, configurationSetRoute] as const;
