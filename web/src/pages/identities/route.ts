/** Identities, and a page of one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { identitySearchIn } from "./filters-in-url.ts";

const identitiesRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/identities",
  validateSearch: identitySearchIn,
  component: lazyRouteComponent(() => import("./index.tsx"), "IdentitiesPage"),
});

const identityRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/identities/$identity",
  component: lazyRouteComponent(() => import("./identity-page.tsx"), "IdentityPage"),
});

export const identityRoutes = [identitiesRoute, identityRoute] as const;
