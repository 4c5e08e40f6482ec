/** Identities and their DNS records. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const identitiesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/identities",
  component: lazyRouteComponent(() => import("./index.tsx"), "IdentitiesPage"),
});

export const identityRoutes = [identitiesRoute] as const;
