/** Contact lists, and the contacts of one; what is looked for is in the URL. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { contactSearchIn } from "./filters-in-url.ts";

const contactsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/contacts",
  component: lazyRouteComponent(() => import("./index.tsx"), "ContactsPage"),
});

const contactListRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/contacts/$list",
  validateSearch: contactSearchIn,
  component: lazyRouteComponent(() => import("./contact-list-page.tsx"), "ContactListPage"),
});

export const contactRoutes = [contactsRoute, contactListRoute] as const;
