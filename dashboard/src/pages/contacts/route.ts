/** Contact lists, and the contacts of one; what is looked for is in the URL. */
import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pagesRoute } from "../../root-route.tsx";
import { choiceIn, type RawSearch, textIn } from "../../search-params.ts";

export interface ContactSearch {
  /** A whole address: SES knows no other search. The other filters count without it. */
  address?: string | undefined;
  status?: "OPT_IN" | "OPT_OUT" | undefined;
  topic?: string | undefined;
}

const contactsRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/contacts",
  component: lazyRouteComponent(() => import("./index.tsx"), "ContactsPage"),
});

const contactListRoute = createRoute({
  getParentRoute: () => pagesRoute,
  path: "/contacts/$list",
  validateSearch: (search: RawSearch): ContactSearch => ({
    address: textIn(search, "address"),
    status: choiceIn(search, "status", ["OPT_IN", "OPT_OUT"]),
    topic: textIn(search, "topic"),
  }),
  component: lazyRouteComponent(() => import("./contact-list-page.tsx"), "ContactListPage"),
});

export const contactRoutes = [contactsRoute, contactListRoute] as const;
