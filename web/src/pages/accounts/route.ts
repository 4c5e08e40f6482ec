/** The accounts of the installation, for operators. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

export const accountsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/accounts",
  component: lazyRouteComponent(() => import("./index.tsx"), "AccountsPage"),
});
