/** Email templates. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const templatesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/templates",
  component: lazyRouteComponent(() => import("./index.tsx"), "TemplatesPage"),
});

export const templateRoutes = [templatesRoute] as const;
