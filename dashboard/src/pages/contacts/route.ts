/** Contact lists and their contacts. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";

const contactsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/contacts",
  component: lazyRouteComponent(() => import("./index.tsx"), "ContactsPage"),
});

export const contactRoutes = [contactsRoute] as const;
