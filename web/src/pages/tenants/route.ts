/** Tenants, and a page of one. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { type RawSearch, textIn } from "../../search-params.ts";

const tenantsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/tenants",
  /** `name`: a part of the names to show. */
  validateSearch: (search: RawSearch): { name?: string | undefined } => ({ name: textIn(search, "name") }),
  component: lazyRouteComponent(() => import("./index.tsx"), "TenantsPage"),
});

const tenantRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/tenants/$name",
  component: lazyRouteComponent(() => import("./tenant-page.tsx"), "TenantPage"),
});

export const tenantRoutes = [tenantsRoute, tenantRoute] as const;
