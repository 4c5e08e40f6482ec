/** The mirror of real SES accounts, for operators: its sources, and each by itself. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const sourcesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/mirror",
  component: lazyRouteComponent(() => import("./index.tsx"), "MirrorPage"),
});

const sourceRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/mirror/$id",
  component: lazyRouteComponent(() => import("./source-page.tsx"), "MirrorSourcePage"),
});

export const mirrorRoutes = [sourcesRoute, sourceRoute] as const;
