/** Export jobs. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const exportsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/exports",
  component: lazyRouteComponent(() => import("./index.tsx"), "ExportsPage"),
});

export const exportRoutes = [exportsRoute] as const;
