/** Import jobs. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const importsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/imports",
  component: lazyRouteComponent(() => import("./index.tsx"), "ImportsPage"),
});

export const importRoutes = [importsRoute] as const;
